// DINOv2 with registers as `Dinov2WithRegistersModel` of Hugging Face's `transformers` saves it: Darcet et al., ICLR
// 2024, arXiv:2309.16588.

import Basics

extension PretrainedFamily {
    /// DINOv2 with registers.
    static let dinov2WithRegisters = PretrainedFamily(
        names: PretrainedNames(
            modelType: "dinov2_with_registers", prefix: "dinov2_with_registers.",
            names: dinov2Names.merging(
                ["registers": ["embeddings.register_tokens"]], uniquingKeysWith: { $1 }),
            unused: dinov2Unused),
        defaults: dinov2Defaults.merging(["patch_size": 16, "num_register_tokens": 4], uniquingKeysWith: { $1 }),
        options: { configuration in
            var options = try configuration.dinov2()
            options.registers = try configuration.count("num_register_tokens", least: 0)
            // Only this family smooths positions for smaller grids.
            options.positions = .learned(antialias: true)
            return options
        })
}
