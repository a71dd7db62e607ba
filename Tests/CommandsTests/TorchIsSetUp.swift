import Tensors

/// Whether libtorch can be loaded; without it nothing can be trained or planned.
let torchIsSetUp = (try? Engine.load()) != nil
