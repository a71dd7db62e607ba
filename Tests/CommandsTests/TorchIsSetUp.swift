import Tensors

/// Whether libtorch can be loaded; without it nothing can be trained or planned.
let torchIsSetUp: Bool = {
    guard (try? Engine.load()) != nil else { return false }
    // Sums in another order would differ in the last bits, and other tests share the machine.
    Engine.threads = 1
    return true
}()
