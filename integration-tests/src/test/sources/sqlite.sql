-- A deterministic run through much of SQLite: nothing random, no time, no file.
.headers on
.mode column
CREATE TABLE item(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, price REAL, amount INTEGER CHECK(amount >= 0), note TEXT);
CREATE INDEX item_kind ON item(kind, price);
CREATE TABLE log(what TEXT, id INTEGER);
CREATE TRIGGER item_changed AFTER UPDATE OF amount ON item WHEN old.amount <> new.amount
BEGIN INSERT INTO log VALUES('changed', new.id); END;
CREATE VIEW dear AS SELECT * FROM item WHERE price > 90;

BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO item SELECT i, 'kind' || (i * 7919 % 23), (i * 31 % 10007) / 100.0, i % 17, printf('%05d:%s', i, hex(i * i)) FROM n;
COMMIT;

SELECT kind, count(*), round(sum(price * amount), 2), min(note), max(note) FROM item GROUP BY kind ORDER BY 3 DESC;
SELECT a.kind, count(*) FROM item a JOIN item b ON b.id = a.id * 2 AND b.kind = a.kind GROUP BY 1 HAVING count(*) > 3;
SELECT count(*) FROM item WHERE note LIKE '%7F%' OR note GLOB '00[0-4]*';
UPDATE item SET amount = amount + 1 WHERE id % 11 = 0;
SELECT count(*), sum(id) FROM log;
DELETE FROM item WHERE kind = 'kind5';
SAVEPOINT before_nothing;
DELETE FROM item;
ROLLBACK TO before_nothing;
RELEASE before_nothing;
SELECT count(*) FROM dear;

.mode list
SELECT id, price, rank() OVER (PARTITION BY kind ORDER BY price DESC, id),
       sum(amount) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM item WHERE id < 200;
SELECT json_group_object(kind, n) FROM (SELECT kind, count(*) AS n FROM item GROUP BY kind ORDER BY kind);
SELECT value, json_extract('{"a":{"b":[10,20,{"c":"deep"}]}}', '$.a.b[2].c') FROM json_each('[1,"two",3.5,null,true]');
INSERT INTO item(id, kind, price, amount) VALUES(1, 'again', 1, 1) ON CONFLICT(id) DO UPDATE SET price = excluded.price;
INSERT OR IGNORE INTO item(id, kind, amount) VALUES(2, 'again', -1);
CREATE TABLE tree(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree(id)) STRICT;
INSERT INTO tree SELECT id, id / 3 FROM item WHERE id BETWEEN 1 AND 3000;
WITH RECURSIVE down(id, depth) AS (SELECT 1, 0 UNION ALL SELECT tree.id, depth + 1 FROM tree JOIN down ON parent = down.id
  WHERE tree.id <> down.id)
SELECT depth, count(*) FROM down GROUP BY depth;
EXPLAIN QUERY PLAN SELECT * FROM item WHERE kind = 'kind3' AND price BETWEEN 10 AND 20;
SELECT group_concat(upper(substr(note, 2, 3)), '/') FROM (SELECT note FROM item ORDER BY price, id LIMIT 50);
SELECT kind FROM item WHERE id < 50 INTERSECT SELECT kind FROM item WHERE id > 19950 EXCEPT SELECT 'kind1';
DROP INDEX item_kind;
ANALYZE;
REINDEX;
ALTER TABLE item ADD COLUMN extra DEFAULT 'x';
ALTER TABLE item DROP COLUMN note;
PRAGMA integrity_check;
SELECT printf('%d %x %e %g %s %q', 42, 255, 12345.678, 1e-5, 'text', 'it''s'), typeof(1), typeof(x'00'), quote(x'CAFE');
.headers off
SELECT 'the end';
