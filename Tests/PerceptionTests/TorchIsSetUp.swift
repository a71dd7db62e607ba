import Tensors

/// Whether libtorch can be loaded; without it nothing here can run.
let torchIsSetUp: Bool = {
    guard (try? Engine.load()) != nil else { return false }
    // Sums in another order would differ in the last bits, and other tests share the machine.
    Engine.threads = 1
    return true
}()

/// The largest difference over the largest number of the reference; infinite where shapes differ or numbers are not.
func relativeError(_ actual: Tensor, _ reference: Tensor) -> Double {
    guard actual.shape == reference.shape else { return .infinity }
    return largest(actual - reference) / largest(reference)
}

/// The largest magnitude; infinite where one is not a number.
func largest(_ x: Tensor) -> Double {
    x.detached().floats().reduce(0) { $1.isNaN ? .infinity : max($0, Double(abs($1))) }
}
