#ifndef ORDERS_H
#define ORDERS_H

long price(long order);
void note(long order);
long noted(void);

#endif
