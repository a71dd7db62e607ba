#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The decimal logarithm, so that one file alone imports a C library.
func log10(_ value: Double) -> Double { logarithm(value) }

#if canImport(Glibc)
    private func logarithm(_ value: Double) -> Double { Glibc.log10(value) }
#elseif canImport(Musl)
    private func logarithm(_ value: Double) -> Double { Musl.log10(value) }
#elseif canImport(Darwin)
    private func logarithm(_ value: Double) -> Double { Darwin.log10(value) }
#endif
