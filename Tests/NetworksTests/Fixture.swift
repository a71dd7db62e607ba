import Networks
import Tensors
import Testing

import struct Foundation.URL

/// The tensors of one file in Fixtures/networks, made by PyTorch (`scripts/make-fixtures`).
struct Fixture {
    let name: String
    let tensors: [String: Tensor]

    init(_ name: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        self.name = name
        let file = try SafetensorsFile(path: root.appendingPathComponent("Fixtures/networks/\(name).safetensors").path)
        var tensors: [String: Tensor] = [:]
        for entry in file.header.entries {
            tensors[entry.name] =
                entry.type == .int64
                ? Tensor(try file.integers(entry.name), shape: entry.shape)
                : Tensor(try file.floats(entry.name), shape: entry.shape)
        }
        self.tensors = tensors
    }

    subscript(key: String) -> Tensor {
        get throws { try #require(tensors[key], "fixture \(name) has no \(key); run scripts/make-fixtures") }
    }

    /// The tensors whose keys begin with a prefix, without it.
    func under(_ prefix: String) -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        for (key, value) in tensors where key.hasPrefix(prefix) { found[String(key.dropFirst(prefix.count))] = value }
        return found
    }
}

/// Expects two tensors to agree within 1e-5 of the reference's largest number.
func expectClose(
    _ actual: Tensor?, _ expected: Tensor, _ name: String, tolerance: Float = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let actual else {
        Issue.record("\(name) is missing", sourceLocation: sourceLocation)
        return
    }
    #expect(actual.shape == expected.shape, "\(name): shape", sourceLocation: sourceLocation)
    let (a, b) = (actual.detached().to(dtype: .float32).floats(), expected.detached().to(dtype: .float32).floats())
    guard a.count == b.count else { return }
    // A gradient that is zero in theory, as of a bias before batch norm, is compared with the inputs' size of one.
    let largest = b.map(abs).max() ?? 0
    let scale = largest > 1e-9 ? largest : 1
    var worst: (index: Int, error: Float) = (0, 0)
    for index in a.indices {
        let error = abs(a[index] - b[index])
        if !(error <= worst.error) { worst = (index, error.isNaN ? .infinity : error) }
    }
    #expect(
        worst.error <= tolerance * scale,
        "\(name): at \(worst.index) got \(a[worst.index]), expected \(b[worst.index]), scale \(scale)",
        sourceLocation: sourceLocation)
}

/// Loads the fixture's parameters into the module, runs it, and compares the output and every gradient.
func expectParity(
    _ name: String, _ module: (any Module)?, forward: ([String: Tensor]) throws -> Tensor,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let fixture = try Fixture(name)
    let parameters = fixture.under("parameter.")
    try module?.load(parameters)
    var inputs: [String: Tensor] = [:]
    for (key, value) in fixture.under("input.") {
        inputs[key] = value.dtype == .float32 ? value.detached().requiresGrad(true) : value
    }
    let output = try forward(inputs)
    expectClose(output, try fixture["output"], "\(name) output", sourceLocation: sourceLocation)
    (output * (try fixture["output_gradient"])).sum().backward()
    let expectedInputs = fixture.under("gradient.input.")
    for (key, expected) in expectedInputs {
        expectClose(inputs[key]?.grad, expected, "\(name) gradient of \(key)", sourceLocation: sourceLocation)
    }
    let expectedParameters = fixture.under("gradient.parameter.")
    let named = module?.namedParameters() ?? []
    #expect(Set(named.map(\.name)) == Set(expectedParameters.keys), sourceLocation: sourceLocation)
    for (key, parameter) in named {
        let expected = try fixture["gradient.parameter.\(key)"]
        expectClose(parameter.gradient, expected, "\(name) gradient of \(key)", sourceLocation: sourceLocation)
    }
    let state = module?.stateDict() ?? [:]
    for (key, expected) in fixture.under("after.") {
        expectClose(state[key], expected, "\(name) \(key) afterwards", sourceLocation: sourceLocation)
    }
    #expect(!expectedInputs.isEmpty || !expectedParameters.isEmpty, sourceLocation: sourceLocation)
}
