package org.pgofs.daemon.demangle;

import java.util.Map;

/** What the letters of the Itanium C++ ABI, chapter 5.1, stand for, in the words of c++filt. */
final class CxxWords {
    /** Types of one letter. */
    static final Map<Character, String> BUILTIN = Map.ofEntries(
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

    /** Types of two letters. */
    static final Map<String, String> MORE_BUILTIN = Map.of(
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
    static final Map<Character, String> SUFFIXES =
            Map.of('i', "", 'j', "u", 'l', "l", 'm', "ul", 'x', "ll", 'y', "ull");

    static final Map<String, String> OPERATORS = Map.ofEntries(
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

    /** What is behind an S that stands for something of the standard library. */
    static final Map<Character, String> STD = Map.of(
            't', "std",
            'a', "std::allocator",
            'b', "std::basic_string",
            's', "std::string",
            'i', "std::istream",
            'o', "std::ostream",
            'd', "std::iostream");

    /** How constructors of the short names are called. */
    static final Map<String, String> LAST_OF_STD = Map.of(
            "std::string", "basic_string",
            "std::istream", "basic_istream",
            "std::ostream", "basic_ostream",
            "std::iostream", "basic_iostream");

    /** What constructors of the short names are members of. */
    static final Map<String, String> LONG_STD = Map.of(
            "std::string", "std::basic_string<char, std::char_traits<char>, std::allocator<char>>",
            "std::istream", "std::basic_istream<char, std::char_traits<char>>",
            "std::ostream", "std::basic_ostream<char, std::char_traits<char>>",
            "std::iostream", "std::basic_iostream<char, std::char_traits<char>>");

    private CxxWords() {}
}
