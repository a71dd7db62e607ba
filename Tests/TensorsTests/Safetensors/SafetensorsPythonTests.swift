import Basics
import Tensors
import Testing
import _TestSupport

private let python = Python(importing: "safetensors.numpy, numpy")

@Suite("Safetensors against the Python package", .enabled(if: python != nil, "needs the package safetensors"))
struct SafetensorsPythonTests {
    @Test("The package reads what we write")
    func readByPython() throws {
        try withTemporaryFolder { folder in
            var tensors = sampleTensors()
            // NumPy has no such type.
            tensors["brain"] = nil
            tensors["a name \"with\" é"] = SafetensorsData(type: .float16, shape: [2], bytes: [0, 0x3C, 0, 0xC0])
            tensors["double"] = SafetensorsData(
                type: .float64, shape: [1], bytes: withUnsafeBytes(of: (0.1).bitPattern.littleEndian) { Array($0) })
            try SafetensorsWriter.write(tensors, metadata: ["seed": "7"], to: folder + "/a.safetensors")
            let script = """
                import sys
                from safetensors import safe_open
                with safe_open(sys.argv[1], "np") as f:
                    print(f.metadata()["seed"])
                    for name in sorted(f.keys()):
                        t = f.get_tensor(name)
                        print(name, t.dtype, list(t.shape), t.tobytes().hex())
                """
            let lines = try python?.run(script, folder + "/a.safetensors").split(separator: "\n").map(String.init)
            let types: [SafetensorsType: String] = [
                .float32: "float32", .float16: "float16", .float64: "float64", .int64: "int64", .bool: "bool",
            ]
            let expected = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, data in
                let hex = data.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                return "\(name) \(types[data.type] ?? "?") \(data.shape) \(hex)"
            }
            #expect(lines?.first == "7")
            // A tensor without elements has nothing behind its shape.
            #expect(lines?.dropFirst().map { $0 } == expected)
        }
    }

    @Test("We read what the package writes")
    func writtenByPython() throws {
        try withTemporaryFolder { folder in
            let script = """
                import sys, numpy as np
                from safetensors.numpy import save_file
                save_file({
                    "w": np.arange(6, dtype=np.float32).reshape(2, 3) / 4, "d": np.array(0.5),
                    "h": np.array([1.5, -65504], np.float16), "i": np.array([[-3], [7]], np.int16),
                    "b": np.array([True, False]), "e": np.zeros((0, 2), np.float32), "u": np.array([255], np.uint8),
                }, sys.argv[1], metadata={"made": "by \\"hand\\" é"})
                """
            try python?.run(script, folder + "/p.safetensors")
            let file = try SafetensorsFile(path: folder + "/p.safetensors")
            #expect(file.metadata == ["made": "by \"hand\" é"])
            #expect(file["w"]?.shape == [2, 3])
            #expect(try file.floats("w") == [0, 0.25, 0.5, 0.75, 1, 1.25])
            #expect(file["d"]?.shape == [])
            #expect(try file.floats("d") == [0.5])
            #expect(try file.floats("h") == [1.5, -65504])
            #expect(file["i"]?.shape == [2, 1])
            #expect(try file.integers("i") == [-3, 7])
            #expect(try file.integers("b") == [1, 0])
            #expect(try file.floats("e") == [])
            #expect(file["e"]?.shape == [0, 2])
            #expect(try file.integers("u") == [255])
        }
    }
}
