/// Small files made by other programs.
enum Fixture {
    /// What NumPy 2.4 writes for
    /// `np.savez_compressed(f, time=np.arange(4) * 0.5, T1=np.array([20, 20.5, 21, 21.5], dtype="f4"),
    /// Q1=np.array([1, 1, 0, 0], dtype="i4"))`.
    static let savezCompressed = decode(
        """
        UEsDBC0AAAAIAAAAIQBfwoPG//////////8IABQAdGltZS5ucHkBABAAoAAAAAAAAABPAAAAAAAAAJvsF+obEMnIUMZQrZ6S\
        WpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC4GFPDAHkJ/gNI/7AFQSwMELQAA\
        AAgAAAAhAO5hK+b//////////wYAFABUMS5ucHkBABAAkAAAAAAAAABSAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6T\
        ZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC4GhgWODAxLgHgFEK9xBABQSwMELQAAAAgAAAAh\
        APxN5ir//////////wYAFABRMS5ucHkBABAAkAAAAAAAAABLAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Ce\
        ll9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC5GBgYGEIYBAFBLAQItAy0AAAAIAAAAIQBfwoPGTwAAAKAA\
        AAAIAAAAAAAAAAAAAACAAQAAAAB0aW1lLm5weVBLAQItAy0AAAAIAAAAIQDuYSvmUgAAAJAAAAAGAAAAAAAAAAAAAACAAYkA\
        AABUMS5ucHlQSwECLQMtAAAACAAAACEA/E3mKksAAACQAAAABgAAAAAAAAAAAAAAgAETAQAAUTEubnB5UEsFBgAAAAADAAMA\
        ngAAAJYBAAAAAA==
        """)

    /// Reads base64.
    private static func decode(_ text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var (bits, count) = (0, 0)
        for character in text.utf8 where character != 0x3D {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 255))
            }
        }
        return bytes
    }
}
