/// What reflection finds in a module: one parameter, buffer or module and its dotted name.
struct Member {
    enum Kind {
        case parameter(Parameter)
        case buffer(Buffer)
        case module(any Module)
    }

    var name: String
    var kind: Kind
}

extension Module {
    /// Everything below this module, depth first in the order of declaration.
    func members() -> [Member] {
        var found: [Member] = []
        var mirror: Mirror? = Mirror(reflecting: self)
        var levels: [Mirror] = []
        while let level = mirror {
            levels.append(level)
            mirror = level.superclassMirror
        }
        for level in levels.reversed() { collect(level, path: "", into: &found) }
        return found.map { Member(name: stateName(for: $0.name), kind: $0.kind) }
    }
}

/// Adds what the stored properties, elements or payloads of one value hold.
private func collect(_ mirror: Mirror, path: String, into found: inout [Member]) {
    for (index, child) in mirror.children.enumerated() {
        let label = snakeCase(child.label ?? String(index))
        // Optionals are looked through: their payload keeps the name of the property.
        let name = mirror.displayStyle == .optional ? path : (path.isEmpty ? label : path + "." + label)
        switch child.value {
        case let parameter as Parameter: found.append(Member(name: name, kind: .parameter(parameter)))
        case let buffer as Buffer: found.append(Member(name: name, kind: .buffer(buffer)))
        case let module as any Module:
            found.append(Member(name: name, kind: .module(module)))
            for member in module.members() {
                found.append(Member(name: name + "." + member.name, kind: member.kind))
            }
        default:
            // Arrays, optionals, tuples and structs may hold modules; other classes are not ours to look into.
            let inner = Mirror(reflecting: child.value)
            guard let style = inner.displayStyle, style != .class, mayHoldModules(child.value) else { continue }
            collect(inner, path: name, into: &found)
        }
    }
}

/// Whether it is worth looking into a value: arrays of plain numbers can be long.
private func mayHoldModules(_ value: Any) -> Bool {
    switch value {
    case is [Int], is [Float], is [Double], is [Bool], is [String], is String: false
    default: true
    }
}

/// The name of a property as PyTorch spells it: `inProjWeight` is `in_proj_weight`, `weightIH` is `weight_ih`.
func snakeCase(_ name: String) -> String {
    if !name.contains(where: \.isUppercase) { return name.hasPrefix(".") ? String(name.dropFirst()) : name }
    var result = ""
    var previousIsUpper = true
    for character in name {
        if character.isUppercase && !previousIsUpper { result.append("_") }
        previousIsUpper = character.isUppercase || character == "_"
        result.append(contentsOf: character.lowercased())
    }
    return result
}
