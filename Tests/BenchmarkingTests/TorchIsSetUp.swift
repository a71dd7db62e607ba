import Tensors

/// Whether libtorch can be loaded; without it nothing here can be trained.
let torchIsSetUp: Bool = {
    guard (try? Engine.load()) != nil else { return false }
    Engine.threads = 1
    return true
}()
