import Foundation

/// The exponential function, so that formula files need not import Foundation.
func exponential(_ x: Double) -> Double { exp(x) }

/// The natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }
