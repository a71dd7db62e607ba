#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The logarithm, apart from the files that need it, so that they need no C library.
enum Logarithm {
    /// The natural logarithm.
    static func natural(_ value: Double) -> Double { log(value) }
}
