import Basics
import Tensors
import Testing

/// 100,000 damaged files. Each must be refused with a data error, or be read rightly:
///
/// 1. Without trust (no checksum needed): whatever is read lies inside the file, fills it without overlap or hole, has
///    the size of its shape, and shows the very bytes of the damaged file at that place. When only bytes of tensors
///    were damaged, names, types, shapes and places are the original's.
/// 2. With the checksum required, as for models of ours: whatever is read is, to the bit, what was written.
@Suite("Damaged safetensors files")
struct SafetensorsFuzzTests {
    private static let batches = 20
    private static let filesPerBatch = 5000

    @Test("Damaged files are refused or read rightly", arguments: 0..<batches)
    func damaged(batch: Int) throws {
        var generator = SeededGenerator(seed: 20_260, stream: UInt64(batch))
        let tensors = sampleTensors()
        let original = SafetensorsWriter.bytes(tensors, metadata: ["model": "heater", "seed": "7"])
        let content = Content(try SafetensorsFile(bytes: original, checksum: .required))
        let payloadStart = try SafetensorsFile(bytes: original).header.payloadStart
        var read = 0
        for _ in 0..<Self.filesPerBatch {
            let damaged = mutate(original, payloadStart: payloadStart, using: &generator)
            do {
                let file = try SafetensorsFile(bytes: damaged, checksum: .ignored)
                read += 1
                try checkStructure(file, bytes: damaged)
                if damaged.count == original.count, damaged[..<payloadStart] == original[..<payloadStart] {
                    #expect(file.header == content.header)
                }
                let trusted = try SafetensorsFile(bytes: damaged, checksum: .required)
                if Content(trusted) != content { Issue.record("batch \(batch): a wrong tensor passed the checksum") }
            } catch let error as ForesightError {
                #expect(error.code == .data)
            }
        }
        // The test sees both outcomes often enough to mean something.
        #expect(read > Self.filesPerBatch / 20 && read < Self.filesPerBatch * 19 / 20, "\(read) read")
    }

    /// What a reader gets, wherever it stands in the file.
    private struct Content: Equatable {
        var header: SafetensorsHeader
        var tensors: [String: SafetensorsData]

        init(_ file: SafetensorsFile) {
            header = file.header
            tensors = [:]
            for entry in file.header.entries {
                let bytes = (try? file.withBytes(of: entry.name) { Array($0) }) ?? []
                tensors[entry.name] = SafetensorsData(type: entry.type, shape: entry.shape, bytes: bytes)
            }
        }

        static func == (a: Content, b: Content) -> Bool {
            a.tensors == b.tensors && a.header.metadata == b.header.metadata
        }
    }

    /// Counts each byte's owners, independently of the reader's order of checks.
    private func checkStructure(_ file: SafetensorsFile, bytes: [UInt8]) throws {
        var owners = [UInt8](repeating: 0, count: bytes.count)
        let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        for entry in file.header.entries {
            let size = entry.shape.reduce(entry.type.width, *)
            let sound = entry.range.lowerBound >= 8 + length && entry.range.upperBound <= bytes.count
            guard sound, entry.range.count == size, entry.shape.allSatisfy({ $0 >= 0 }) else {
                Issue.record("'\(entry.name)' at \(entry.range) in \(bytes.count) bytes")
                return
            }
            for index in entry.range { owners[index] += 1 }
            let isSame = try file.withBytes(of: entry.name) { $0.elementsEqual(bytes[entry.range]) }
            if !isSame { Issue.record("'\(entry.name)' shows other bytes than the file's") }
        }
        if !owners[(8 + length)...].allSatisfy({ $0 == 1 }) { Issue.record("bytes without or with two owners") }
    }

    private func mutate(_ original: [UInt8], payloadStart: Int, using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        func position(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &generator) }
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0, 1:  // a bit anywhere
                if !bytes.isEmpty { bytes[position(bytes.count)] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            case 2:  // a bit of a tensor
                if bytes.count > payloadStart {
                    let offset = position(bytes.count - payloadStart)
                    bytes[payloadStart + offset] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
            case 3:  // cut short
                bytes.removeLast(position(bytes.count))
            case 4:  // a few bytes more
                let extra = (0..<Int.random(in: 1...16, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                bytes.insert(contentsOf: extra, at: position(bytes.count + 1))
            case 5:  // a few bytes less
                let start = position(bytes.count)
                bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...16, using: &generator)))
            case 6:  // another header length
                if bytes.count >= 8 {
                    let near = UInt64(payloadStart - 8) &+ UInt64.random(in: 0..<33, using: &generator) &- 16
                    let length = Bool.random(using: &generator) ? near : generator.next() >> UInt64(position(64))
                    bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian) { Array($0) })
                }
            case 7, 8: bytes = edited(bytes, payloadStart: payloadStart, using: &generator)
            case 9, 10: bytes = moved(bytes, payloadStart: payloadStart, using: &generator)
            default: bytes = swapped(bytes, payloadStart: payloadStart, using: &generator)
            }
        }
        return bytes
    }

    /// Replaces one piece of the header's text by another that means something, with the length made to fit.
    private func edited(_ bytes: [UInt8], payloadStart: Int, using generator: inout SeededGenerator) -> [UInt8] {
        guard bytes.count >= payloadStart else { return bytes }
        var text = String(decoding: bytes[8..<payloadStart], as: UTF8.self)
        let pieces = [
            "F32", "I64", "BOOL", "BF16", "[2,3]", "[3]", "[]", "data_offsets", "dtype", "shape", "weight", "bias",
            "crc32c",
            "__metadata__", "{", "}", ":", ",", "\"", "0", "16", "24", "48", "seed",
        ]
        let replacements = [
            "F16", "F64", "U8", "I32", "[3,2]", "[6]", "[-1]", "[1,1,1,1]", "[9223372036854775807,2]", "[0]", "shape",
            "bias",
            "x", "", "{", "}", "[[[[[[", "1e400", "-1", "99999999999999999999", "\\u0000", "\u{7F}", "é", "null", "8",
            "40",
        ]
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        let replacement = replacements[Int.random(in: 0..<replacements.count, using: &generator)]
        let places = text.ranges(of: piece)
        guard !places.isEmpty else { return bytes }
        text.replaceSubrange(places[Int.random(in: 0..<places.count, using: &generator)], with: replacement)
        let header = Array(text.utf8)
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + bytes[payloadStart...]
    }

    /// Moves one tensor, or gives it another size, so that type, shape and offsets still agree with each other: only
    /// the view of all tensors together can find it.
    private func moved(_ bytes: [UInt8], payloadStart: Int, using generator: inout SeededGenerator) -> [UInt8] {
        guard bytes.count > payloadStart else { return bytes }
        let header = bytes[8..<payloadStart].withUnsafeBytes { try? JSONParser.parse($0) }
        guard var members = header?.object, let name = members.keys.sorted().randomElement(using: &generator),
            let offsets = members[name]?["data_offsets"], var begin = offsets[0]?.int, var end = offsets[1]?.int
        else { return bytes }
        if Bool.random(using: &generator) {
            let shift = [-16, -8, -4, -1, 1, 4, 8, 16].randomElement(using: &generator) ?? 0
            (begin, end) = (begin + shift, end + shift)
            members[name] = .object(
                (members[name]?.object ?? [:]).merging(["data_offsets": [.integer(begin), .integer(end)]]) { $1 })
        } else {
            begin = Int.random(in: 0...bytes.count - payloadStart, using: &generator)
            end = Int.random(in: begin...bytes.count - payloadStart, using: &generator)
            members[name] = [
                "dtype": "U8", "shape": [.integer(end - begin)], "data_offsets": [.integer(begin), .integer(end)],
            ]
        }
        let text = Array(JSONValue.object(members).text().utf8)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + bytes[payloadStart...]
    }

    /// Swaps two stretches of equal length: names, offsets or content change places.
    private func swapped(_ bytes: [UInt8], payloadStart: Int, using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let length = Int.random(in: 1...8, using: &generator)
        guard bytes.count > 2 * length else { return bytes }
        let a = Int.random(in: 0...bytes.count - length, using: &generator)
        let b = Int.random(in: 0...bytes.count - length, using: &generator)
        for index in 0..<length where abs(a - b) >= length { bytes.swapAt(a + index, b + index) }
        return bytes
    }
}
