#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

extension Double {
    /// The natural logarithm, so that callers need not import a C library.
    var naturalLogarithm: Double { log(self) }
}
