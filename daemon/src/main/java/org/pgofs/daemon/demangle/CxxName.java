package org.pgofs.daemon.demangle;

import java.util.ArrayList;
import java.util.List;

/**
 * A name of the Itanium C++ ABI, chapter 5.1, written as c++filt does. Expressions in template arguments but literals,
 * and some of what C++20 has added, are not understood.
 */
final class CxxName {
    private static final int LONGEST = 1 << 16;
    private static final int BASE = 36;

    /** A name, and what follows from it. */
    private record Name(String text, String last, boolean isTemplate, boolean returnsNothing, String qualifiers) {}

    private final Letters in;
    private final List<CxxType> substitutions = new ArrayList<>();
    /** Whether the type that was read last is a substitution already. */
    private boolean isKnown;

    /** Of the innermost template; those that are a pack are some. */
    private List<List<CxxType>> arguments = new ArrayList<>();

    private CxxName(String name) {
        in = new Letters(name);
    }

    /** Of what is behind {@code _Z}. */
    static String readable(String name) throws NotUnderstoodException {
        CxxName cxx = new CxxName(name);
        String readable = cxx.encoding();
        if (!cxx.in.atEnd()) {
            throw new NotUnderstoodException("something behind it");
        }
        return bounded(readable);
    }

    private static String bounded(String text) throws NotUnderstoodException {
        if (text.length() > LONGEST) {
            throw new NotUnderstoodException("too long");
        }
        return text;
    }

    private String encoding() throws NotUnderstoodException {
        in.enter();
        if (in.peek() == 'T' || (in.peek() == 'G' && (in.peek(1) == 'V' || in.peek(1) == 'R'))) {
            throw new NotUnderstoodException("no function");
        }
        Name name = name();
        String text = name.text();
        if (!in.atEnd() && in.peek() != 'E' && in.peek() != '.') {
            CxxType result = name.isTemplate() && !name.returnsNothing() ? type() : null;
            String parameters = parameters();
            text = result == null
                    ? name.text() + parameters + name.qualifiers()
                    : separated(result.left()) + name.text() + parameters + name.qualifiers() + result.right();
        }
        in.leave();
        return bounded(text);
    }

    private static String separated(String left) {
        return left.endsWith("(") || left.endsWith("*(") ? left : left + " ";
    }

    private String parameters() throws NotUnderstoodException {
        if (in.accept("v")) {
            return "()";
        }
        List<String> types = new ArrayList<>();
        while (!in.atEnd()
                && in.peek() != 'E'
                && in.peek() != '.'
                && !((in.peek() == 'R' || in.peek() == 'O') && in.peek(1) == 'E')) {
            expanded().forEach(type -> types.add(type.text()));
        }
        return "(" + String.join(", ", types) + ")";
    }

    /** A type, or those of a pack. */
    private List<CxxType> expanded() throws NotUnderstoodException {
        if (in.accept("Dp")) {
            return pack();
        }
        return List.of(type());
    }

    /** What a pack becomes is known where it stands alone. */
    private List<CxxType> pack() throws NotUnderstoodException {
        int start = in.position();
        List<CxxType> types = new ArrayList<>();
        int count = packSize();
        List<List<CxxType>> all = arguments;
        int known = substitutions.size();
        for (int i = 0; i < count; i++) {
            in.seek(start);
            List<List<CxxType>> one = new ArrayList<>();
            for (List<CxxType> argument : all) {
                one.add(argument.size() == 1 ? argument : i < argument.size() ? List.of(argument.get(i)) : argument);
            }
            arguments = one;
            while (substitutions.size() > known) {
                substitutions.remove(substitutions.size() - 1);
            }
            types.add(type());
        }
        arguments = all;
        if (count == 0) {
            throw new NotUnderstoodException("an empty pack");
        }
        return types;
    }

    private int packSize() throws NotUnderstoodException {
        int packs = 0;
        int size = 0;
        for (List<CxxType> argument : arguments) {
            if (argument.size() != 1) {
                packs++;
                size = argument.size();
            }
        }
        if (packs > 1) {
            throw new NotUnderstoodException("several packs");
        }
        return packs == 0 ? 1 : size;
    }

    private Name name() throws NotUnderstoodException {
        if (in.accept("N")) {
            return nested();
        }
        if (in.accept("Z")) {
            return local();
        }
        if (in.peek() == 'S' && in.peek(1) != 't') {
            String text = substitution().text();
            if (in.peek() != 'I') {
                throw new NotUnderstoodException("a substitution is no name");
            }
            return new Name(text + templateArguments(), last(text), true, false, "");
        }
        String prefix = in.accept("St") ? "std::" : "";
        Name plain = unqualified("");
        String text = prefix + plain.text();
        if (in.peek() == 'I') {
            substitutions.add(CxxType.of(text));
            return new Name(text + templateArguments(), plain.last(), true, plain.returnsNothing(), "");
        }
        return new Name(text, plain.last(), false, plain.returnsNothing(), "");
    }

    private Name local() throws NotUnderstoodException {
        String function = encoding();
        in.require("E");
        if (in.accept("s")) {
            throw new NotUnderstoodException("a string");
        }
        if (in.peek() == 'd') {
            throw new NotUnderstoodException("a default argument");
        }
        Name name = name();
        discriminator();
        return new Name(
                function + "::" + name.text(),
                name.last(),
                name.isTemplate(),
                name.returnsNothing(),
                name.qualifiers());
    }

    private void discriminator() throws NotUnderstoodException {
        if (in.accept("__")) {
            in.decimal();
            in.require("_");
        } else if (in.accept("_")) {
            in.next();
        }
    }

    private Name nested() throws NotUnderstoodException {
        in.enter();
        StringBuilder qualifiers = new StringBuilder();
        boolean restrict = in.accept("r");
        boolean isVolatile = in.accept("V");
        boolean isConst = in.accept("K");
        qualifiers.append(isConst ? " const" : "");
        qualifiers.append(isVolatile ? " volatile" : "");
        qualifiers.append(restrict ? " restrict" : "");
        qualifiers.append(in.accept("R") ? " &" : in.accept("O") ? " &&" : "");
        String text = "";
        String last = "";
        boolean isTemplate = false;
        boolean returnsNothing = false;
        boolean isNew = false;
        while (!in.accept("E")) {
            if (isNew) {
                substitutions.add(CxxType.of(text));
            }
            isNew = true;
            if (in.peek() == 'S') {
                if (!text.isEmpty()) {
                    throw new NotUnderstoodException("a substitution in a name");
                }
                boolean standard = in.peek(1) == 't';
                text = substitution().text();
                last = last(text);
                boolean isPlain = in.peek() == 'C' || in.peek() == 'D' || standard;
                if (isPlain && CxxWords.LONG_STD.containsKey(text)) {
                    last = CxxWords.LAST_OF_STD.get(text);
                    text = CxxWords.LONG_STD.get(text);
                }
                isNew = false;
                isTemplate = false;
            } else if (in.peek() == 'T') {
                text = parameter().text();
                last = last(text);
            } else if (in.peek() == 'I') {
                text += templateArguments();
                isTemplate = true;
            } else {
                Name part = unqualified(last);
                text = text.isEmpty() ? part.text() : text + "::" + part.text();
                last = part.last();
                isTemplate = false;
                returnsNothing = part.returnsNothing();
            }
            bounded(text);
        }
        in.leave();
        return new Name(text, last, isTemplate, returnsNothing, qualifiers.toString());
    }

    /** A name without what it is in; of a constructor, that of its class is known. */
    private Name unqualified(String of) throws NotUnderstoodException {
        in.accept("L");
        if (in.isDigit()) {
            String name = in.take(in.decimal());
            String shown = name.startsWith("_GLOBAL__N") ? "(anonymous namespace)" : name;
            return tagged(new Name(shown, shown, false, false, ""));
        }
        if (in.peek() == 'C' && in.peek(1) >= '1' && in.peek(1) <= '5') {
            in.take(2);
            return tagged(new Name(of, of, false, true, ""));
        }
        if (in.peek() == 'D' && in.peek(1) >= '0' && in.peek(1) <= '5') {
            in.take(2);
            return tagged(new Name("~" + of, of, false, true, ""));
        }
        if (in.accept("Ut")) {
            return unnamed("'unnamed");
        }
        if (in.accept("Ul")) {
            String parameters = parameters();
            in.require("E");
            String number = in.accept("_") ? "" : Integer.toString(in.decimal());
            if (!number.isEmpty()) {
                in.require("_");
            }
            String text = "'lambda" + number + "'" + parameters;
            return new Name(text, text, false, false, "");
        }
        return operator();
    }

    private Name unnamed(String prefix) throws NotUnderstoodException {
        String number = in.isDigit() ? Integer.toString(in.decimal()) : "";
        in.require("_");
        String text = prefix + number + "'";
        return new Name(text, text, false, false, "");
    }

    private Name tagged(Name name) throws NotUnderstoodException {
        String text = name.text();
        while (in.accept("B")) {
            text += "[abi:" + in.take(in.decimal()) + "]";
        }
        return new Name(text, name.last(), name.isTemplate(), name.returnsNothing(), name.qualifiers());
    }

    private Name operator() throws NotUnderstoodException {
        if (in.accept("cv")) {
            String text = "operator " + type().text();
            return new Name(text, text, false, true, "");
        }
        if (in.accept("li")) {
            String text = "operator\"\" " + in.take(in.decimal());
            return new Name(text, text, false, false, "");
        }
        String symbol = CxxWords.OPERATORS.get(in.take(2));
        if (symbol == null) {
            throw new NotUnderstoodException("no name");
        }
        return tagged(new Name("operator" + symbol, "operator" + symbol, false, false, ""));
    }

    /** The last part of a name, without the arguments of a template. */
    private static String last(String name) {
        int depth = 0;
        int end = name.length();
        for (int i = name.length() - 1; i >= 0; i--) {
            char c = name.charAt(i);
            depth += c == '>' || c == ')' ? 1 : c == '<' || c == '(' ? -1 : 0;
            if (c == '<' && depth == 0) {
                end = i;
            }
            if (c == ':' && depth == 0) {
                return name.substring(i + 1, Math.max(end, i + 1));
            }
        }
        return name.substring(0, end);
    }

    private CxxType substitution() throws NotUnderstoodException {
        in.require("S");
        char c = in.next();
        if (CxxWords.STD.containsKey(c)) {
            return CxxType.of(CxxWords.STD.get(c));
        }
        int index = 0;
        if (c != '_') {
            StringBuilder digits = new StringBuilder().append(c);
            digits.append(in.until('_'));
            try {
                index = Integer.parseInt(digits.toString(), BASE) + 1;
            } catch (NumberFormatException e) {
                throw new NotUnderstoodException("no substitution");
            }
        }
        if (index < 0 || index >= substitutions.size()) {
            throw new NotUnderstoodException("a substitution that is not there");
        }
        return substitutions.get(index);
    }

    private CxxType parameter() throws NotUnderstoodException {
        in.require("T");
        int index = in.accept("_") ? 0 : in.decimal() + 1;
        if (index > 0) {
            in.require("_");
        }
        if (index >= arguments.size() || arguments.get(index).size() != 1) {
            throw new NotUnderstoodException("an argument that is not there yet");
        }
        CxxType type = arguments.get(index).get(0);
        substitutions.add(type);
        return type;
    }

    private String templateArguments() throws NotUnderstoodException {
        in.require("I");
        List<List<CxxType>> own = new ArrayList<>();
        while (!in.accept("E")) {
            own.add(argument());
        }
        arguments = own;
        return "<"
                + String.join(
                        ", ",
                        own.stream().flatMap(List::stream).map(CxxType::text).toList()) + ">";
    }

    private List<CxxType> argument() throws NotUnderstoodException {
        List<List<CxxType>> outer = arguments;
        List<CxxType> types;
        if (in.accept("J")) {
            types = new ArrayList<>();
            while (!in.accept("E")) {
                types.addAll(argument());
            }
        } else if (in.accept("L")) {
            types = List.of(CxxType.of(literal()));
        } else if (in.peek() == 'X') {
            throw new NotUnderstoodException("an expression");
        } else {
            types = expanded();
        }
        arguments = outer;
        return types;
    }

    private String literal() throws NotUnderstoodException {
        if (in.accept("_Z")) {
            String function = encoding();
            in.require("E");
            return "&" + function;
        }
        char kind = in.peek();
        if (kind == 'b') {
            in.next();
            String value = in.until('E');
            return value.equals("0") ? "false" : value.equals("1") ? "true" : "(bool)" + value;
        }
        String type = type().text();
        String value = in.until('E').replace('n', '-');
        if (!value.matches("-?[0-9]+")) {
            throw new NotUnderstoodException("a literal of another type");
        }
        String suffix = type.length() > 0 && CxxWords.BUILTIN.containsKey(kind) ? CxxWords.SUFFIXES.get(kind) : null;
        return suffix == null ? "(" + type + ")" + value : value + suffix;
    }

    private CxxType type() throws NotUnderstoodException {
        in.enter();
        CxxType type = read();
        in.leave();
        bounded(type.text());
        return type;
    }

    private CxxType read() throws NotUnderstoodException {
        char c = in.peek();
        if (CxxWords.BUILTIN.containsKey(c)) {
            in.next();
            return CxxType.of(CxxWords.BUILTIN.get(c));
        }
        String two = "" + c + in.peek(1);
        if (CxxWords.MORE_BUILTIN.containsKey(two)) {
            in.take(2);
            return CxxType.of(CxxWords.MORE_BUILTIN.get(two));
        }
        CxxType type =
                switch (c) {
                    case 'r', 'V', 'K' -> qualified();
                    case 'P' -> pointer("*");
                    case 'R' -> pointer("&");
                    case 'O' -> pointer("&&");
                    case 'F' -> function("");
                    case 'A' -> array();
                    case 'M' -> member();
                    case 'T' -> {
                        CxxType found = parameter();
                        if (in.peek() == 'I') {
                            yield CxxType.of(found.text() + templateArguments());
                        }
                        isKnown = true;
                        yield found;
                    }
                    case 'S' -> shortened();
                    case 'N', 'Z' -> named();
                    case 'D' -> throw new NotUnderstoodException("a type of another kind");
                    default -> {
                        if (!in.isDigit()) {
                            throw new NotUnderstoodException("no type");
                        }
                        yield named();
                    }
                };
        if (!isKnown) {
            substitutions.add(type);
        }
        isKnown = false;
        return type;
    }

    private CxxType named() throws NotUnderstoodException {
        List<List<CxxType>> outer = arguments;
        Name name = name();
        arguments = outer;
        return CxxType.of(name.text());
    }

    private CxxType shortened() throws NotUnderstoodException {
        if (in.peek(1) == 't') {
            return named();
        }
        CxxType found = substitution();
        if (in.peek() == 'I') {
            List<List<CxxType>> outer = arguments;
            CxxType whole = CxxType.of(found.text() + templateArguments());
            arguments = outer;
            return whole;
        }
        isKnown = true;
        return found;
    }

    private CxxType qualified() throws NotUnderstoodException {
        boolean restrict = in.accept("r");
        boolean isVolatile = in.accept("V");
        boolean isConst = in.accept("K");
        String words = (isConst ? " const" : "") + (isVolatile ? " volatile" : "") + (restrict ? " restrict" : "");
        if (in.peek() == 'F') {
            return function(words);
        }
        return type().qualified(words);
    }

    private CxxType pointer(String symbol) throws NotUnderstoodException {
        in.next();
        return type().pointed(symbol);
    }

    private CxxType function(String qualifiers) throws NotUnderstoodException {
        in.require("F");
        in.accept("Y");
        CxxType result = type();
        String parameters = parameters();
        String reference = in.accept("R") ? " &" : in.accept("O") ? " &&" : "";
        in.require("E");
        return result.returnedBy(parameters + qualifiers + reference);
    }

    private CxxType array() throws NotUnderstoodException {
        in.require("A");
        String size = in.isDigit() ? Integer.toString(in.decimal()) : "";
        in.require("_");
        return type().array(size);
    }

    private CxxType member() throws NotUnderstoodException {
        in.require("M");
        CxxType owner = type();
        return type().memberOf(owner);
    }
}
