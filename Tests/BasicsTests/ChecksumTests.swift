import Basics
import Testing
import _TestSupport

@Suite("Checksums")
struct ChecksumTests {
    @Test(
        "SHA-256 gives the examples of the standard",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func sha256(text: String, digest: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == digest)
    }

    @Test("Both checksums do not depend on how the data were cut", arguments: 0..<140)
    func pieces(cut: Int) {
        let bytes = (0..<140).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        var sha = SHA256()
        var crc = CRC32C()
        for part in [bytes[..<cut], bytes[cut...]] {
            part.withUnsafeBytes {
                sha.update($0)
                crc.update($0)
            }
        }
        #expect(sha.hex() == SHA256.hex(of: bytes))
        #expect(crc.value == CRC32C.checksum(of: bytes))
    }

    @Test("The digest of a file is that of its bytes")
    func file() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("abc", to: folder + "/a")
            #expect(try SHA256.hex(ofFile: folder + "/a").hasPrefix("ba7816bf"))
        }
    }

    // RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms.
    private static let examples: [(bytes: [UInt8], sum: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E),
        ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
        ([UInt8]("123456789".utf8), 0xE306_9283),
        ([], 0),
    ]

    @Test("CRC-32C gives the examples of the standard", arguments: examples)
    func crc32c(bytes: [UInt8], sum: UInt32) {
        #expect(CRC32C.checksum(of: bytes) == sum)
    }
}
