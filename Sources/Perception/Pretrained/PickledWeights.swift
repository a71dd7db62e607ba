import Basics

/// Weights that were saved with Python's pickle, which are not read: reading one runs whatever program it holds.
enum PickledWeights {
    private static let endings = [".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle"]

    private static func isOne(_ name: String) -> Bool { endings.contains { name.lowercased().hasSuffix($0) } }

    /// Refuses a folder that has such weights and no safetensors.
    ///
    /// - Throws: `ForesightError.data` with the reason and a command that converts them.
    static func refuse(in folder: String) throws {
        let present = Folder.names(in: folder)
        guard !present.contains(where: { $0.hasSuffix(".safetensors") || $0.hasSuffix(".safetensors.index.json") })
        else { return }
        let found = present.filter(isOne)
        // Beside the weights there may be the state of an optimiser.
        let named = found.first { name in ["model", "weight"].contains(where: name.lowercased().contains) }
        if let name = named ?? found.first { throw refusal(name, folder: folder) }
    }

    /// Refuses a file that is one.
    ///
    /// - Throws: `ForesightError.data` with the reason and a command that converts it.
    static func refuse(file path: String) throws {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let name = parts.removeLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
        if isOne(name), Folder.names(in: folder).contains(name) { throw refusal(name, folder: folder) }
    }

    private static func refusal(_ name: String, folder: String) -> ForesightError {
        .data(
            "\(folder)/\(name) is a pickle, which is a program and not only numbers",
            remedy: "where you trust it, and torch and safetensors are installed, run in its folder: "
                + "python3 -c \"\(conversion(of: name))\" "
                + "(a file that holds a whole model has to be loaded with the code of that model: save its state_dict())"
        )
    }

    /// The conversion in Python.
    private static func conversion(of name: String) -> String {
        // A name that a shell would take apart is left to the reader.
        let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
        return [
            "import torch", "from safetensors.torch import save_file",
            "s = torch.load('\(isPlain ? name : "THE FILE")', map_location='cpu', weights_only=True)",
            "s = s.get('state_dict', s)",
            "save_file({k: v.clone().contiguous() for k, v in s.items()}, 'model.safetensors')",
        ].joined(separator: "; ")
    }
}
