import Basics
import Networks
import Tensors

extension Module {
    /// Copies tensors into the parameters; nothing is changed unless everything fits.
    ///
    /// - Throws: `ForesightError.data` with every tensor that is missing, surplus or misshapen.
    func load(_ weights: PretrainedWeights, named family: PretrainedNames) throws {
        let prefix = weights.names.contains { $0.hasPrefix(family.prefix) } ? family.prefix : ""
        var surplus = weights.names
        var (missing, misshapen): ([String], [String]) = ([], [])
        var plan: [(parameter: Parameter, sources: [String])] = []
        for (name, parameter) in namedParameters() {
            guard let bare = family.sources(of: name) else {
                preconditionFailure("the table of \(family.modelType) has no row for \(name)")
            }
            let sources = bare.map { prefix + $0 }
            surplus.subtract(sources)
            let entries = sources.compactMap { weights[$0] }
            missing += sources.filter { weights[$0] == nil }
            guard entries.count == sources.count else { continue }
            // The parts are joined along the first dimension, so each has its share of it.
            let shape = [parameter.shape[0] / sources.count] + parameter.shape.dropFirst()
            for entry in entries where entry.shape != shape || !entry.type.dtype.isFloatingPoint {
                misshapen.append("\(entry.name) is \(entry.type.rawValue) \(entry.shape), not floating-point \(shape)")
            }
            plan.append((parameter, sources))
        }
        surplus = surplus.filter { name in
            let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            // A tensor without elements, such as that of no registers, holds nothing that could be lost.
            return !family.unused.contains(bare) && weights[name]?.count != 0
        }
        try refuse(
            [("missing", missing), ("unexpected", surplus.sorted()), ("of another kind", misshapen)],
            in: weights.folder, modelType: family.modelType)
        for (parameter, sources) in plan {
            let parts = try sources.map(weights.tensor)
            parameter.assign(parts.count == 1 ? parts[0] : Tensor.concatenate(parts, dim: 0))
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
