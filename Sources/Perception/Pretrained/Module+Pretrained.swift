import Basics
import Networks
import Tensors

extension Module {
    /// Copies tensors into parameters and buffers; nothing is changed unless everything fits.
    ///
    /// A parameter that is made of no tensor becomes the identity, or zero where it has one dimension: a map that the
    /// family leaves out.
    ///
    /// - Throws: `ForesightError.data` with every tensor that is missing, surplus or misshapen.
    func load(_ weights: PretrainedWeights, named family: PretrainedNames) throws {
        let prefix = weights.names.contains { $0.hasPrefix(family.prefix) } ? family.prefix : ""
        var surplus = weights.names
        var (missing, misshapen): ([String], [String]) = ([], [])
        var plan: [(assign: (Tensor) -> Void, shape: [Int], sources: [String])] = []
        let targets =
            namedParameters().map { ($0, $1.shape, isFloating: true, $1.assign) }
            + namedBuffers().map { ($0, $1.shape, isFloating: $1.value.dtype.isFloatingPoint, $1.assign) }
        for (name, shape, isFloating, assign) in targets {
            guard let bare = family.sources(of: name) else {
                preconditionFailure("the table of \(family.modelType) has no row for \(name)")
            }
            let sources = bare.map { prefix + $0 }
            surplus.subtract(sources)
            let entries = sources.compactMap { weights[$0] }
            missing += sources.filter { weights[$0] == nil }
            guard entries.count == sources.count else { continue }
            // The parts are joined along the first dimension, so each has its share of it.
            let part = sources.count > 1 ? [shape[0] / sources.count] + shape.dropFirst() : shape
            for entry in entries {
                // A convolution that reaches over one time is a linear map.
                let isShaped = entry.shape == part || entry.shape == part + [1]
                guard !isShaped || entry.type.dtype.isFloatingPoint != isFloating else { continue }
                let kind = isFloating ? "floating-point" : "whole numbers"
                misshapen.append("\(entry.name) is \(entry.type.rawValue) \(entry.shape), not \(kind) \(part)")
            }
            plan.append((assign, shape, sources))
        }
        surplus = surplus.filter { name in
            let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            // A tensor without elements, such as that of no registers, holds nothing that could be lost.
            return !family.unused.contains(bare) && weights[name]?.count != 0
        }
        try refuse(
            [("missing", missing), ("unexpected", surplus.sorted()), ("of another kind", misshapen)],
            in: weights.folder, modelType: family.modelType)
        for (assign, shape, sources) in plan {
            let parts = try sources.map(weights.tensor)
            switch parts.count {
            case 0: assign(shape.count == 2 ? Tensor.eye(shape[0], shape[1]) : Tensor.zeros(shape))
            case 1: assign(parts[0].reshaped(shape))
            default: assign(Tensor.concatenate(parts, dim: 0))
            }
        }
    }

    /// Throws one error for everything that does not fit.
    private func refuse(_ reasons: [(String, [String])], in folder: String, modelType: String) throws {
        let told = reasons.filter { !$0.1.isEmpty }.map { reason, names in
            let shown = names.prefix(3).joined(separator: ", ")
            return "\(reason): \(shown)" + (names.count > 3 ? " and \(names.count - 3) more" : "")
        }
        guard !told.isEmpty else { return }
        throw ForesightError.data(
            "the tensors in \(folder) are not those of a \(modelType) of the sizes in config.json: "
                + told.joined(separator: "; "),
            remedy: "take config.json and weights from the same model")
    }
}
