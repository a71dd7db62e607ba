import Basics
import Foundation
import Tensors
import Testing
import _TestSupport

/// A file written by hand: length, header, content.
func handmade(_ header: String, _ content: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { Array($0) } + text + content
}

@Suite("Safetensors files")
struct SafetensorsFileTests {
    @Test("A file by another hand is read: types, shapes, content, metadata")
    func handmadeFile() throws {
        let header = """
            {"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2],"data_offsets":[10,14]}, \
            "h":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"e":{"data_offsets":[4,4],"shape":[0,3],"dtype":"F32"},\
            "i":{"dtype":"I16","shape":[],"data_offsets":[4,6]},"f":{"dtype":"F32","shape":[1],"data_offsets":[6,10]} }
            """
        let content: [UInt8] = [0x00, 0x3C, 0x01, 0x80, 0xFE, 0xFF, 0, 0, 0x20, 0xC1, 0x80, 0x3F, 0x80, 0x7F]
        let file = try SafetensorsFile(bytes: handmade(header, content))
        #expect(file.metadata == ["format": "pt"])
        #expect(file.names == ["h", "e", "i", "f", "b"])
        #expect(file["e"]?.shape == [0, 3])
        #expect(try file.floats("h") == [1, -0x1p-24])
        #expect(try file.floats("e") == [])
        #expect(try file.integers("i") == [-2])
        #expect(try file.floats("f") == [-10])
        #expect(try file.floats("b") == [1, .infinity])
        #expect(try file.withBytes(of: "h") { Array($0) } == [0x00, 0x3C, 0x01, 0x80])
    }

    @Test("What is written reads back, from memory and mapped", arguments: [true, false])
    func roundTrip(onDisk: Bool) throws {
        let tensors = sampleTensors()
        let file: SafetensorsFile
        if onDisk {
            file = try withTemporaryFolder { folder in
                try SafetensorsWriter.write(tensors, metadata: ["seed": "7"], to: folder + "/a.safetensors")
                // The mapping outlives the folder.
                return try SafetensorsFile(path: folder + "/a.safetensors", checksum: .required)
            }
        } else {
            file = try SafetensorsFile(
                bytes: SafetensorsWriter.bytes(tensors, metadata: ["seed": "7"]), checksum: .required)
        }
        #expect(file.metadata["seed"] == "7")
        #expect(Set(file.names) == Set(tensors.keys))
        for (name, data) in tensors {
            let entry = try file.entry(name)
            #expect(entry.type == data.type && entry.shape == data.shape)
            #expect(try file.withBytes(of: name) { Array($0) } == data.bytes)
            // Padding and order align every tensor to its width.
            #expect(entry.range.lowerBound % entry.type.width == 0)
        }
        #expect(try file.floats("weight") == [1.5, -2, .pi, 0, 1e-20, 3])
        #expect(try file.integers("steps") == [.max, -1])
    }

    @Test("The same content gives the same bytes, whatever the order it came in")
    func deterministic() {
        let tensors = sampleTensors()
        let reversed = Dictionary(uniqueKeysWithValues: tensors.reversed().map { ($0.key, $0.value) })
        #expect(SafetensorsWriter.bytes(tensors) == SafetensorsWriter.bytes(reversed))
        #expect(SafetensorsWriter.bytes(tensors) != SafetensorsWriter.bytes(tensors, metadata: ["a": "b"]))
    }

    @Test("A file without tensors is a file")
    func empty() throws {
        #expect(try SafetensorsFile(bytes: SafetensorsWriter.bytes([:])).names.isEmpty)
        #expect(try SafetensorsFile(bytes: handmade("{}")).names.isEmpty)
    }

    @Test("Every 16-bit float has its value")
    func halves() throws {
        let bits = (0...UInt16.max).map { $0 }
        let bytes = bits.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let data = SafetensorsData(type: .float16, shape: [65536], bytes: bytes)
        let values = try SafetensorsFile(bytes: SafetensorsWriter.bytes(["h": data])).floats("h")
        for (bits, value) in zip(bits, values) {
            let exponent = Int(bits >> 10) & 31
            let fraction = Float(bits & 1023)
            var expected = exponent == 0 ? fraction / 16_777_216 : (1 + fraction / 1024) * Float.exp2(exponent - 15)
            if exponent == 31 { expected = fraction == 0 ? .infinity : .nan }
            if bits & 0x8000 != 0 { expected = -expected }
            #expect(expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern)
        }
    }

    @Test("An unknown name is refused with the nearest one, a wrong kind with the type")
    func access() throws {
        let file = try SafetensorsFile(bytes: SafetensorsWriter.bytes(sampleTensors()), source: "m.safetensors")
        let unknown = #expect(throws: ForesightError.self) { try file.floats("wieght") }
        #expect(unknown == .data("m.safetensors has no tensor 'wieght'", remedy: "did you mean 'weight'?"))
        #expect(throws: ForesightError.self) { try file.floats("steps") }
        #expect(throws: ForesightError.self) { try file.integers("weight") }
        let odd = SafetensorsData(type: .bool, shape: [2], bytes: [1, 2])
        let odds = try SafetensorsFile(bytes: SafetensorsWriter.bytes(["odd": odd]))
        let error = #expect(throws: ForesightError.self) { try odds.integers("odd") }
        #expect(error?.message == "the tensor 'odd' holds the truth value 2, not 0 or 1")
    }

    @Test("A full disk while saving leaves the old file whole")
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.safetensors"
            try SafetensorsWriter.write(sampleTensors(), to: path)
            let error = #expect(throws: ForesightError.self) {
                try SafetensorsWriter.write(["x": .init(floats: [1], shape: [1])], to: path, storage: FullDisk())
            }
            #expect(error?.message == "cannot save \(path): no space left on device")
            #expect(try SafetensorsFile(path: path, checksum: .required).names.contains("weight"))
            #expect(Folder.names(in: folder) == ["model.safetensors"])
        }
    }

    @Test("Missing, empty and cut files are refused by name")
    func badFiles() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.safetensors"
            #expect(throws: ForesightError.self) { try SafetensorsFile(path: path) }
            try AtomicFile.write("", to: path)
            #expect(throws: ForesightError.self) { try SafetensorsFile(path: path) }
            let whole = SafetensorsWriter.bytes(sampleTensors())
            try AtomicFile.write(Array(whole.dropLast(5)), to: path)
            let error = #expect(throws: ForesightError.self) { try SafetensorsFile(path: path) }
            #expect(error?.message.hasPrefix("\(path): the safetensors file has ") == true)
            #expect(error?.remedy == "it is damaged or was not written whole")
            #expect(error?.code.exitStatus == 65)
        }
    }
}

/// A disk that takes the first bytes of a file and no more.
private struct FullDisk: FileStorage {
    private let disk = DiskStorage()
    func create(_ path: String) throws -> Int32 { try disk.create(path) }
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        try disk.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(8)), to: descriptor)
        throw SystemFault(number: ENOSPC)
    }
    func synchronize(_ descriptor: Int32) throws { try disk.synchronize(descriptor) }
    func close(_ descriptor: Int32) throws { try disk.close(descriptor) }
    func rename(_ source: String, to destination: String) throws { try disk.rename(source, to: destination) }
    func synchronizeFolder(_ path: String) throws { try disk.synchronizeFolder(path) }
    func remove(_ path: String) { disk.remove(path) }
}

/// A few tensors of all widths, with a scalar and one without elements.
func sampleTensors() -> [String: SafetensorsData] {
    [
        "weight": SafetensorsData(floats: [1.5, -2, .pi, 0, 1e-20, 3], shape: [2, 3]),
        "bias": SafetensorsData(floats: [0.25, 0.5, 1], shape: [3]),
        "steps": SafetensorsData(integers: [.max, -1], shape: [2]),
        "scale": SafetensorsData(floats: [2], shape: []),
        "none": SafetensorsData(floats: [], shape: [0, 4]),
        "nothing": SafetensorsData(integers: [], shape: [0]),
        "mask": SafetensorsData(type: .bool, shape: [5], bytes: [1, 0, 1, 1, 0]),
        "brain": SafetensorsData(type: .bfloat16, shape: [3], bytes: [0, 0x3F, 0x80, 0x3F, 1, 2]),
    ]
}

extension Float {
    fileprivate static func exp2(_ exponent: Int) -> Float { Float(sign: .plus, exponent: exponent, significand: 1) }
}
