import Basics
import Networks
import Perception
import Tensors

/// What `import` prints: where the network comes from, its sizes, and where it is now.
struct ImportResult {
    private let model: PretrainedNetwork
    private let folder: String
    private let source: String

    init(_ model: PretrainedNetwork, folder: String, source: String) {
        self.model = model
        self.folder = folder
        self.source = source
    }

    /// Parameters, running statistics left out.
    private var parameters: Int { model.network.parameters().reduce(0) { $0 + $1.value.count } }

    private var sizes: [(name: String, value: String)] {
        [("family", model.family)] + model.architecture.sizes + [("parameters", "\(parameters)"), ("folder", folder)]
    }

    /// Name and value in two columns.
    var text: String {
        let width = sizes.map(\.name.count).max() ?? 0
        let rows = sizes.map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + $0.value }
        return ([model.architecture.title] + rows).joined(separator: "\n")
    }

    /// The same by key.
    var json: JSONValue {
        [
            "title": .string(model.architecture.title), "family": .string(model.family), "source": .string(source),
            "parameters": .integer(parameters), "folder": .string(folder),
            "sizes": .object(
                Dictionary(
                    model.architecture.sizes.map { size in
                        (size.name.split(separator: " ").joined(separator: "_"), .string(size.value))
                    }, uniquingKeysWith: { $1 })),
        ]
    }
}
