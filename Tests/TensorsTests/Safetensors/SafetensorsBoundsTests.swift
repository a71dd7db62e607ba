import Basics
import Tensors
import Testing

@Suite("Safetensors bounds")
struct SafetensorsBoundsTests {
    private func message(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: ForesightError.self) { try SafetensorsFile(bytes: bytes, source: "a") }
        #expect(error?.code == .data)
        return error?.message ?? ""
    }

    @Test("A header longer than the file or than allowed is refused, and a file shorter than its length")
    func headerLength() {
        #expect(message([]) == "a: the safetensors file has 0 bytes, at least 8 are needed")
        #expect(message([1, 0, 0]) == "a: the safetensors file has 3 bytes, at least 8 are needed")
        #expect(message(handmade("{}", length: 3)) == "a: the safetensors file states a header of 3 bytes, 2 follow")
        #expect(
            message(handmade("{}", length: .max))
                == "a: the safetensors file states a header of 18446744073709551615 bytes, 100000000 are allowed")
        #expect(message(handmade("{}", length: 100_000_000)).hasSuffix("header of 100000000 bytes, 2 follow"))
        #expect(message(handmade("")).hasSuffix("does not begin with '{'"))
        #expect(message(handmade(" {}")).hasSuffix("does not begin with '{'"))
    }

    @Test(
        "A header that is not this format is refused",
        arguments: [
            "{", "{]", "{}x", "{\"a\":1}", "{\"a\":{}}", "{\"a\":[]}", "{\"__metadata__\":1}",
            "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":{},\"__metadata__\":{}}", "{\"a\":{\"a\":{\"a\":[[]]}}}",
        ])
    func notTheFormat(header: String) {
        #expect(message(handmade(header)) != "")
    }

    @Test(
        "A tensor whose parts do not fit is refused",
        arguments: [
            (#"{"dtype":"F32","shape":[1]}"#, "other keys than the format's three"),
            (#"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}"#, "other keys than the format's three"),
            (#"{"dtype":"F31","shape":[1],"data_offsets":[0,4]}"#, "the number type F31, known are"),
            (#"{"dtype":32,"shape":[1],"data_offsets":[0,4]}"#, "no number type"),
            (#"{"dtype":"F32","shape":1,"data_offsets":[0,4]}"#, "no shape"),
            (#"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#, "a size that is no whole number from 0 on"),
            (#"{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}"#, "a size that is no whole number from 0 on"),
            (#"{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}"#, "a size that is no whole number from 0 on"),
            (#"{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}"#, "a size that is no whole number from 0 on"),
            (#"{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}"#, "a size that is no whole number"),
            (#"{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}"#, "a shape beyond all memory"),
            (#"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}"#, "a shape beyond all memory"),
            (#"{"dtype":"F32","shape":[1],"data_offsets":[0]}"#, "no two offsets"),
            (#"{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}"#, "no two offsets"),
            (#"{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}"#, "no two offsets"),
            (#"{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}"#, "offsets -4 to 0, the file has 4 bytes"),
            (#"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#, "offsets 4 to 0, the file has 4 bytes"),
            (#"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, "offsets 0 to 8, the file has 4 bytes"),
            (
                #"{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}"#,
                "offsets 0 to 9223372036854775807"
            ),
            (#"{"dtype":"F32","shape":[2],"data_offsets":[0,4]}"#, "4 bytes, its shape needs 8"),
            (#"{"dtype":"F64","shape":[1],"data_offsets":[0,4]}"#, "4 bytes, its shape needs 8"),
            (#"{"dtype":"U8","shape":[],"data_offsets":[0,4]}"#, "4 bytes, its shape needs 1"),
        ])
    func tensor(entry: String, expected: String) {
        let message = message(handmade("{\"t\":\(entry)}", [0, 0, 0, 0]))
        #expect(message.contains("has the tensor 't' with \(expected)"), "\(message)")
    }

    private func entry(_ name: String, _ begin: Int, _ end: Int) -> String {
        "\"\(name)\":{\"dtype\":\"U8\",\"shape\":[\(end - begin)],\"data_offsets\":[\(begin),\(end)]}"
    }

    @Test("Overlap, holes and bytes that belong to nobody are refused")
    func tiling() throws {
        let content: [UInt8] = [1, 2, 3, 4]
        func header(_ entries: String...) -> [UInt8] { handmade("{\(entries.joined(separator: ","))}", content) }
        #expect(throws: Never.self) { try SafetensorsFile(bytes: header(entry("b", 2, 4), entry("a", 0, 2))) }
        #expect(message(header(entry("a", 0, 3), entry("b", 2, 4))).hasSuffix("which overlaps the tensor before it"))
        #expect(message(header(entry("a", 0, 4), entry("b", 0, 4))).hasSuffix("which overlaps the tensor before it"))
        #expect(message(header(entry("a", 0, 1), entry("b", 2, 4))).hasSuffix("which leaves a hole before it"))
        #expect(message(header(entry("a", 1, 4))).hasSuffix("which leaves a hole before it"))
        #expect(message(header(entry("a", 0, 3))).contains("its tensors end at"))
        #expect(message(header()).contains("its tensors end at"))
    }

    @Test("A name that stands twice is refused, however it is spelled")
    func twice() {
        let header = "{\(entry("a", 0, 2)),\(entry("\\u0061", 2, 4))}"
        #expect(message(handmade(header, [1, 2, 3, 4])).contains("stands twice"))
    }

    @Test("Deep nesting and huge numbers end in an error, not in a crash")
    func hostile() {
        #expect(message(handmade("{\"a\":" + String(repeating: "[", count: 1_000_000))).contains("nested deeper"))
        #expect(message(handmade("{\"a\":" + String(repeating: "9", count: 100_000) + "}")).contains("too large"))
        #expect(message(handmade("{\"a\":" + String(repeating: "{\"a\":", count: 100_000))).contains("nested deeper"))
    }

    @Test("A file without a checksum is refused only where one is required")
    func checksumPolicy() throws {
        let bytes = handmade("{\(entry("a", 0, 2))}", [1, 2])
        #expect(throws: Never.self) { try SafetensorsFile(bytes: bytes) }
        let error = #expect(throws: ForesightError.self) { try SafetensorsFile(bytes: bytes, checksum: .required) }
        #expect(error?.message == "memory: the safetensors file has no checksum")
    }
}
