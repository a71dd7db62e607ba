/// Writes moving pictures as GIF, which every browser and viewer plays.
///
/// CompuServe, "Graphics Interchange Format, Version 89a", 1990; endless repetition by Netscape's extension. The colours
/// are those of all pictures where there are at most 256 of them, and else the best 256 by median cut (Heckbert,
/// SIGGRAPH 1982).
public enum AnimatedGIF {
    /// The bytes of a file.
    ///
    /// - Parameters:
    ///   - frames: The pictures, each `[height, width, 3]` of red, green and blue.
    ///   - width: Pixels in a row, at most 65,535.
    ///   - height: Rows, at most 65,535.
    ///   - rate: Pictures a second; a picture is shown for whole hundredths of a second, two at least.
    /// - Returns: The file.
    public static func encode(_ frames: [[UInt8]], width: Int, height: Int, rate: Double) -> [UInt8] {
        precondition((1...65_535).contains(width) && (1...65_535).contains(height), "\(width) × \(height) pixels")
        precondition(!frames.isEmpty && rate > 0, "\(frames.count) pictures, \(rate) a second")
        precondition(frames.allSatisfy { $0.count == width * height * 3 }, "a picture is not of \(width) × \(height)")
        let palette = Palette(frames)
        // 2^bits colours, 4 at least: with 2 the codes would begin with one bit, which the format does not have.
        var bits = 2
        while 1 << bits < palette.colors.count { bits += 1 }
        let delay = max(2, Int((100 / rate).rounded()))
        var file = Array("GIF89a".utf8) + half(width) + half(height)
        file += [0xF0 | UInt8(bits - 1), 0, 0]
        for index in 0..<1 << bits {
            let color = index < palette.colors.count ? palette.colors[index] : 0
            file += [UInt8(color >> 16), UInt8(color >> 8 & 255), UInt8(color & 255)]
        }
        file += [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
        for frame in frames {
            file += [0x21, 0xF9, 4, 0] + half(delay) + [0, 0]
            file += [0x2C, 0, 0, 0, 0] + half(width) + half(height) + [0, UInt8(bits)]
            let packed = compress(palette.indices(frame), bits: bits)
            for start in stride(from: 0, to: packed.count, by: 255) {
                let block = packed[start..<min(start + 255, packed.count)]
                file.append(UInt8(block.count))
                file += block
            }
            file.append(0)
        }
        file.append(0x3B)
        return file
    }

    private static func half(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }

    /// Packs indices by the variable-length codes of Lempel, Ziv and Welch, the least significant bit first.
    static func compress(_ indices: [UInt8], bits: Int) -> [UInt8] {
        let clear = 1 << bits
        var output: [UInt8] = []
        var (pending, pendingBits) = (0, 0)
        var width = bits + 1
        func put(_ code: Int) {
            pending |= code << pendingBits
            pendingBits += width
            while pendingBits >= 8 {
                output.append(UInt8(pending & 255))
                pending >>= 8
                pendingBits -= 8
            }
        }
        // The code of a known string and one more index, by both; 0 where it is not known.
        var table = [UInt16](repeating: 0, count: 4096 << bits)
        var next = clear + 2
        put(clear)
        var string = -1
        for index in indices {
            guard string >= 0 else {
                string = Int(index)
                continue
            }
            let key = string << bits | Int(index)
            if table[key] != 0 {
                string = Int(table[key])
                continue
            }
            put(string)
            string = Int(index)
            if next < 4096 {
                table[key] = UInt16(next)
                // The reader learns a code one step later: the width grows when it needs to.
                if next == 1 << width { width += 1 }
                next += 1
            } else {
                put(clear)
                table.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
                (next, width) = (clear + 2, bits + 1)
            }
        }
        if string >= 0 { put(string) }
        // The code for the end may be the first of a greater width.
        if next == 1 << width, next < 4096 { width += 1 }
        put(clear + 1)
        if pendingBits > 0 { output.append(UInt8(pending & 255)) }
        return output
    }
}
