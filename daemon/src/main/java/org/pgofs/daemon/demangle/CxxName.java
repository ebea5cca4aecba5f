package org.pgofs.daemon.demangle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A name of the Itanium C++ ABI, chapter 5.1, written as c++filt does. Expressions in template arguments but literals,
 * and some of what C++20 has added, are not understood.
 */
final class CxxName {
    private static final int LONGEST = 1 << 16;
    private static final int BASE = 36;

    private static final Map<Character, String> BUILTIN = Map.ofEntries(
            Map.entry('v', "void"),
            Map.entry('w', "wchar_t"),
            Map.entry('b', "bool"),
            Map.entry('c', "char"),
            Map.entry('a', "signed char"),
            Map.entry('h', "unsigned char"),
            Map.entry('s', "short"),
            Map.entry('t', "unsigned short"),
            Map.entry('i', "int"),
            Map.entry('j', "unsigned int"),
            Map.entry('l', "long"),
            Map.entry('m', "unsigned long"),
            Map.entry('x', "long long"),
            Map.entry('y', "unsigned long long"),
            Map.entry('n', "__int128"),
            Map.entry('o', "unsigned __int128"),
            Map.entry('f', "float"),
            Map.entry('d', "double"),
            Map.entry('e', "long double"),
            Map.entry('g', "__float128"),
            Map.entry('z', "..."));

    private static final Map<String, String> MORE_BUILTIN = Map.of(
            "Dn",
            "std::nullptr_t",
            "Di",
            "char32_t",
            "Ds",
            "char16_t",
            "Du",
            "char8_t",
            "Da",
            "auto",
            "Dc",
            "decltype(auto)",
            "Dh",
            "half");

    /** Of literals. */
    private static final Map<Character, String> SUFFIXES =
            Map.of('i', "", 'j', "u", 'l', "l", 'm', "ul", 'x', "ll", 'y', "ull");

    private static final Map<String, String> OPERATORS = Map.ofEntries(
            Map.entry("nw", " new"),
            Map.entry("na", " new[]"),
            Map.entry("dl", " delete"),
            Map.entry("da", " delete[]"),
            Map.entry("aw", " co_await"),
            Map.entry("ps", "+"),
            Map.entry("ng", "-"),
            Map.entry("ad", "&"),
            Map.entry("de", "*"),
            Map.entry("co", "~"),
            Map.entry("pl", "+"),
            Map.entry("mi", "-"),
            Map.entry("ml", "*"),
            Map.entry("dv", "/"),
            Map.entry("rm", "%"),
            Map.entry("an", "&"),
            Map.entry("or", "|"),
            Map.entry("eo", "^"),
            Map.entry("aS", "="),
            Map.entry("pL", "+="),
            Map.entry("mI", "-="),
            Map.entry("mL", "*="),
            Map.entry("dV", "/="),
            Map.entry("rM", "%="),
            Map.entry("aN", "&="),
            Map.entry("oR", "|="),
            Map.entry("eO", "^="),
            Map.entry("ls", "<<"),
            Map.entry("rs", ">>"),
            Map.entry("lS", "<<="),
            Map.entry("rS", ">>="),
            Map.entry("eq", "=="),
            Map.entry("ne", "!="),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("le", "<="),
            Map.entry("ge", ">="),
            Map.entry("ss", "<=>"),
            Map.entry("nt", "!"),
            Map.entry("aa", "&&"),
            Map.entry("oo", "||"),
            Map.entry("pp", "++"),
            Map.entry("mm", "--"),
            Map.entry("cm", ","),
            Map.entry("pm", "->*"),
            Map.entry("pt", "->"),
            Map.entry("cl", "()"),
            Map.entry("ix", "[]"));

    private static final Map<Character, String> STD = Map.of(
            't', "std",
            'a', "std::allocator",
            'b', "std::basic_string",
            's', "std::string",
            'i', "std::istream",
            'o', "std::ostream",
            'd', "std::iostream");

    /** How constructors of the short names are called. */
    private static final Map<String, String> LAST_OF_STD = Map.of(
            "std::string", "basic_string",
            "std::istream", "basic_istream",
            "std::ostream", "basic_ostream",
            "std::iostream", "basic_iostream");

    private static final Map<String, String> LONG_STD = Map.of(
            "std::string", "std::basic_string<char, std::char_traits<char>, std::allocator<char>>",
            "std::istream", "std::basic_istream<char, std::char_traits<char>>",
            "std::ostream", "std::basic_ostream<char, std::char_traits<char>>",
            "std::iostream", "std::basic_iostream<char, std::char_traits<char>>");

    /** A type, whose name goes around what is declared with it. */
    private record Type(String left, String right, boolean isFunction, boolean isArray) {
        static Type of(String name) {
            return new Type(name, "", false, false);
        }

        String text() {
            return left + right;
        }
    }

    /** A name, and what follows from it. */
    private record Name(String text, String last, boolean isTemplate, boolean returnsNothing, String qualifiers) {}

    private final Letters in;
    private final List<Type> substitutions = new ArrayList<>();
    /** Whether the type that was read last is a substitution already. */
    private boolean isKnown;

    /** Of the innermost template; those that are a pack are some. */
    private List<List<Type>> arguments = new ArrayList<>();

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
            Type result = name.isTemplate() && !name.returnsNothing() ? type() : null;
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
    private List<Type> expanded() throws NotUnderstoodException {
        if (in.accept("Dp")) {
            return pack();
        }
        return List.of(type());
    }

    /** What a pack becomes is known where it stands alone. */
    private List<Type> pack() throws NotUnderstoodException {
        int start = in.position();
        List<Type> types = new ArrayList<>();
        int count = packSize();
        List<List<Type>> all = arguments;
        int known = substitutions.size();
        for (int i = 0; i < count; i++) {
            in.seek(start);
            List<List<Type>> one = new ArrayList<>();
            for (List<Type> argument : all) {
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
        for (List<Type> argument : arguments) {
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
            substitutions.add(Type.of(text));
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
                substitutions.add(Type.of(text));
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
                if (isPlain && LONG_STD.containsKey(text)) {
                    last = LAST_OF_STD.get(text);
                    text = LONG_STD.get(text);
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
        String symbol = OPERATORS.get(in.take(2));
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

    private Type substitution() throws NotUnderstoodException {
        in.require("S");
        char c = in.next();
        if (STD.containsKey(c)) {
            return Type.of(STD.get(c));
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

    private Type parameter() throws NotUnderstoodException {
        in.require("T");
        int index = in.accept("_") ? 0 : in.decimal() + 1;
        if (index > 0) {
            in.require("_");
        }
        if (index >= arguments.size() || arguments.get(index).size() != 1) {
            throw new NotUnderstoodException("an argument that is not there yet");
        }
        Type type = arguments.get(index).get(0);
        substitutions.add(type);
        return type;
    }

    private String templateArguments() throws NotUnderstoodException {
        in.require("I");
        List<List<Type>> own = new ArrayList<>();
        while (!in.accept("E")) {
            own.add(argument());
        }
        arguments = own;
        return "<"
                + String.join(
                        ", ", own.stream().flatMap(List::stream).map(Type::text).toList()) + ">";
    }

    private List<Type> argument() throws NotUnderstoodException {
        List<List<Type>> outer = arguments;
        List<Type> types;
        if (in.accept("J")) {
            types = new ArrayList<>();
            while (!in.accept("E")) {
                types.addAll(argument());
            }
        } else if (in.accept("L")) {
            types = List.of(Type.of(literal()));
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
        String suffix = type.length() > 0 && BUILTIN.containsKey(kind) ? SUFFIXES.get(kind) : null;
        return suffix == null ? "(" + type + ")" + value : value + suffix;
    }

    private Type type() throws NotUnderstoodException {
        in.enter();
        Type type = read();
        in.leave();
        bounded(type.text());
        return type;
    }

    private Type read() throws NotUnderstoodException {
        char c = in.peek();
        if (BUILTIN.containsKey(c)) {
            in.next();
            return Type.of(BUILTIN.get(c));
        }
        String two = "" + c + in.peek(1);
        if (MORE_BUILTIN.containsKey(two)) {
            in.take(2);
            return Type.of(MORE_BUILTIN.get(two));
        }
        Type type =
                switch (c) {
                    case 'r', 'V', 'K' -> qualified();
                    case 'P' -> pointer("*");
                    case 'R' -> pointer("&");
                    case 'O' -> pointer("&&");
                    case 'F' -> function("");
                    case 'A' -> array();
                    case 'M' -> member();
                    case 'T' -> {
                        Type found = parameter();
                        if (in.peek() == 'I') {
                            yield Type.of(found.text() + templateArguments());
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

    private Type named() throws NotUnderstoodException {
        List<List<Type>> outer = arguments;
        Name name = name();
        arguments = outer;
        return Type.of(name.text());
    }

    private Type shortened() throws NotUnderstoodException {
        if (in.peek(1) == 't') {
            return named();
        }
        Type found = substitution();
        if (in.peek() == 'I') {
            List<List<Type>> outer = arguments;
            Type whole = Type.of(found.text() + templateArguments());
            arguments = outer;
            return whole;
        }
        isKnown = true;
        return found;
    }

    private Type qualified() throws NotUnderstoodException {
        boolean restrict = in.accept("r");
        boolean isVolatile = in.accept("V");
        boolean isConst = in.accept("K");
        String words = (isConst ? " const" : "") + (isVolatile ? " volatile" : "") + (restrict ? " restrict" : "");
        if (in.peek() == 'F') {
            return function(words);
        }
        Type of = type();
        return new Type(of.left() + words, of.right(), false, of.isArray());
    }

    private Type pointer(String symbol) throws NotUnderstoodException {
        in.next();
        Type of = type();
        // References to references become one.
        if (symbol.startsWith("&") && of.left().endsWith("&")) {
            boolean both = symbol.equals("&&") && of.left().endsWith("&&");
            String bare = of.left().endsWith("&&")
                    ? of.left().substring(0, of.left().length() - 2)
                    : of.left().substring(0, of.left().length() - 1);
            return new Type(bare + (both ? "&&" : "&"), of.right(), false, false);
        }
        if (of.isFunction() || of.isArray()) {
            return new Type(of.left() + (of.isArray() ? " (" : "(") + symbol, ")" + of.right(), false, false);
        }
        return new Type(of.left() + symbol, of.right(), false, false);
    }

    private Type function(String qualifiers) throws NotUnderstoodException {
        in.require("F");
        in.accept("Y");
        Type result = type();
        String parameters = parameters();
        String reference = in.accept("R") ? " &" : in.accept("O") ? " &&" : "";
        in.require("E");
        return new Type(result.left() + " ", parameters + qualifiers + reference + result.right(), true, false);
    }

    private Type array() throws NotUnderstoodException {
        in.require("A");
        String size = in.isDigit() ? Integer.toString(in.decimal()) : "";
        in.require("_");
        Type of = type();
        return new Type(
                of.left(),
                (of.isArray() ? "" : " ") + "[" + size + "]" + of.right().stripLeading(),
                false,
                true);
    }

    private Type member() throws NotUnderstoodException {
        in.require("M");
        Type owner = type();
        Type of = type();
        return of.isFunction()
                ? new Type(of.left() + "(" + owner.text() + "::*", ")" + of.right(), false, false)
                : new Type(of.left() + " " + owner.text() + "::*", of.right(), false, false);
    }
}
