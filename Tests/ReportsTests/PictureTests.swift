import Basics
import Foundation
import Reports
import Testing
import _TestSupport

private let pillow = Python(importing: "PIL, numpy")

@Suite("Pictures for pages")
struct PictureTests {
    /// Pictures of random colours, so many at most.
    private func frames(_ count: Int, width: Int, height: Int, colors: Int) -> [[UInt8]] {
        var generator = SeededGenerator(seed: UInt64(colors))
        let palette = (0..<colors).map { _ in (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) } }
        return (0..<count).map { _ in
            // Runs as well as noise: both ends of what packing meets.
            (0..<width * height).flatMap { pixel -> [UInt8] in
                pixel % 7 < 4 ? palette[0] : palette[Int.random(in: 0..<colors, using: &generator)]
            }
        }
    }

    @Test("A PNG has its chunks with right lengths, and its header tells the size", arguments: [(1, 1), (31, 17)])
    func structurePNG(width: Int, height: Int) throws {
        let file = PNGPicture.encode(
            frames(1, width: width, height: height, colors: 40)[0], width: width, height: height)
        #expect(Array(file[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        var kinds: [String] = []
        var place = 8
        while place < file.count {
            let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            kinds.append(String(decoding: file[place + 4..<place + 8], as: UTF8.self))
            place += 12 + length
        }
        #expect(kinds == ["IHDR", "IDAT", "IEND"] && place == file.count)
        #expect(Array(file[16..<24]) == [0, 0, 0, UInt8(width), 0, 0, 0, UInt8(height)])
    }

    @Test("A GIF unpacks to the pixels that were packed", arguments: [2, 3, 5, 64, 200, 256])
    func unpacked(colors: Int) throws {
        // 120 × 90 noisy pixels fill the table of codes several times.
        let pictures = frames(2, width: 120, height: 90, colors: colors)
        let file = AnimatedGIF.encode(pictures, width: 120, height: 90, rate: 20)
        let gif = try #require(GIFReader(file))
        #expect(gif.frames == pictures && gif.delays == [5, 5] && gif.repeats == 0)
    }

    @Test("Pillow decodes PNG and GIF to the same pixels", .enabled(if: pillow != nil, "needs pillow"))
    func againstPillow() throws {
        let python = try #require(pillow)
        let pictures = frames(3, width: 40, height: 30, colors: 130)
        try withTemporaryFolder { folder in
            try AtomicFile.write(PNGPicture.encode(pictures[0], width: 40, height: 30), to: "\(folder)/a.png")
            try AtomicFile.write(AnimatedGIF.encode(pictures, width: 40, height: 30, rate: 10), to: "\(folder)/a.gif")
            let said = try python.run(
                """
                import sys, numpy as np
                from PIL import Image, ImageSequence
                Image.open(sys.argv[1] + '/a.png').verify()
                print(np.array(Image.open(sys.argv[1] + '/a.png')).ravel().tolist())
                gif = Image.open(sys.argv[1] + '/a.gif')
                print(gif.info['loop'], gif.info['duration'])
                for f in ImageSequence.Iterator(gif): print(np.array(f.convert('RGB')).ravel().tolist())
                """, folder)
            let wanted = ["\(pictures[0])", "0 100"] + pictures.map { "\($0)" }
            #expect(said == wanted.joined(separator: "\n") + "\n")
        }
    }

    @Test("Of many colours the best are kept: a smooth picture stays close")
    func manyColors() throws {
        var picture: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<64 { picture += [UInt8(x * 4), UInt8(y * 4), UInt8(x * 2 + y * 2)] }
        }
        let file = AnimatedGIF.encode([picture], width: 64, height: 64, rate: 1)
        let gif = try #require(GIFReader(file))
        let errors = zip(gif.frames[0], picture).map { abs(Int($0) - Int($1)) }
        #expect((errors.max() ?? 0) <= 24 && errors.reduce(0, +) / errors.count <= 6)
        #expect(gif.delays == [100])
    }
}

/// Unpacks what `AnimatedGIF` writes, straight from the format's description; `nil` when it is damaged.
private struct GIFReader {
    var frames: [[UInt8]] = []
    var delays: [Int] = []
    var repeats: Int?

    init?(_ file: [UInt8]) {
        guard file.starts(with: Array("GIF89a".utf8)), file[10] & 0x80 != 0 else { return nil }
        let colors = 2 << Int(file[10] & 7)
        let palette = Array(file[13..<13 + colors * 3])
        var place = 13 + colors * 3
        func blocks() -> [UInt8] {
            var content: [UInt8] = []
            while file[place] != 0 {
                content += file[place + 1...place + Int(file[place])]
                place += 1 + Int(file[place])
            }
            place += 1
            return content
        }
        while file[place] != 0x3B {
            if file[place] == 0x21 {
                let kind = file[place + 1]
                place += 2
                let content = blocks()
                if kind == 0xF9 { delays.append(Int(content[1]) | Int(content[2]) << 8) }
                if kind == 0xFF { repeats = Int(content[12]) | Int(content[13]) << 8 }
            } else {
                let width = Int(file[place + 5]) | Int(file[place + 6]) << 8
                let height = Int(file[place + 7]) | Int(file[place + 8]) << 8
                let bits = Int(file[place + 10])
                place += 11
                guard let indices = GIFReader.unpack(blocks(), bits: bits), indices.count == width * height else {
                    return nil
                }
                frames.append(indices.flatMap { palette[Int($0) * 3..<Int($0) * 3 + 3] })
            }
        }
        guard place == file.count - 1 else { return nil }
    }

    private static func unpack(_ bytes: [UInt8], bits: Int) -> [UInt8]? {
        let (clear, end) = (1 << bits, (1 << bits) + 1)
        var strings: [[UInt8]] = []
        var width = bits + 1
        var (position, result, last) = (0, [UInt8](), [UInt8]())
        while true {
            guard position + width <= bytes.count * 8 else { return nil }
            var code = 0
            for bit in 0..<width {
                code |= Int(bytes[(position + bit) / 8] >> UInt8((position + bit) % 8) & 1) << bit
            }
            position += width
            if code == end { return result }
            if code == clear {
                strings = (0..<clear).map { [UInt8($0)] } + [[], []]
                (width, last) = (bits + 1, [])
                continue
            }
            let string: [UInt8]
            if code < strings.count {
                string = strings[code]
            } else if code == strings.count, !last.isEmpty {
                string = last + [last[0]]
            } else {
                return nil
            }
            result += string
            if !last.isEmpty, strings.count < 4096 { strings.append(last + [string[0]]) }
            if strings.count == 1 << width, width < 12 { width += 1 }
            last = string
        }
    }
}
