import Basics
import Foundation
import Testing
import _TestSupport

@testable import Episodes

private let hasPNG = (try? ImageDecoder.require(.png)) != nil
private let hasLibraries = hasPNG && (try? ImageDecoder.require(.jpeg)) != nil
private let hasFilms = (try? FilmTool.path()) != nil
private let pillow = Python(importing: "PIL, numpy")

@Suite("Pictures in files of their own, and films")
struct PictureFormatTests {
    @Test("A folder of PNG is read back to the last bit", .enabled(if: hasLibraries, "needs libpng and TurboJPEG"))
    func png() throws {
        let frames = FrameExamples.frames(endsWithoutAction: true)
        try withTemporaryFolder { folder in
            try ImageFolderWriter.write(to: "\(folder)/a", layout: frames.layout) { try $0.append(all: frames) }
            #expect(Folder.names(in: folder) == ["a"])
            try FrameExamples.expectEqual(try ImageFolderFrames(path: "\(folder)/a"), frames)
            // A folder that holds something is not written over.
            #expect(throws: ForesightError.self) {
                try ImageFolderWriter.write(to: "\(folder)/a", layout: frames.layout) { try $0.append(all: frames) }
            }
        }
    }

    @Test(
        "A picture of sixteen bits is as bright as the same of eight; one that claims to be immense is refused",
        .enabled(if: hasPNG && pillow != nil, "needs libpng and pillow"))
    func sixteenBits() throws {
        let python = try #require(pillow)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import os, struct, sys, zlib, numpy as np
                from PIL import Image
                os.chdir(sys.argv[1])
                values = np.arange(16 * 16).reshape(16, 16)
                Image.fromarray(values.astype(np.uint8)).save('eight.png')
                Image.fromarray((values * 257).astype(np.uint16)).save('sixteen.png')
                def chunk(kind, data):
                    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
                head = struct.pack('>IIBBBBB', 900000, 900000, 8, 2, 0, 0, 0)
                open('immense.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', head)
                    + chunk(b'IDAT', zlib.compress(b'0' * 100)) + chunk(b'IEND', b''))
                """, folder)
            let (eight, sixteen) = (
                try PictureFile("\(folder)/eight.png"), try PictureFile("\(folder)/sixteen.png")
            )
            #expect(eight.pixels == (0..<768).map { UInt8($0 / 3) } && sixteen == eight)
            let error = #expect(throws: ForesightError.self) { try PictureFile("\(folder)/immense.png") }
            #expect(error?.code == .data && error?.message.contains("900000 × 900000 pixels") == true)
        }
    }

    @Test(
        "Pillow decodes what we write, and we what Pillow writes, to the same pixels",
        .enabled(if: hasLibraries && pillow != nil, "needs libpng, TurboJPEG and pillow"), arguments: ImageKind.allCases
    )
    func againstPillow(kind: ImageKind) throws {
        let python = try #require(pillow)
        let frames = FrameExamples.smooth(lengths: [2])
        try withTemporaryFolder { folder in
            try ImageFolderWriter.write(to: "\(folder)/a", layout: frames.layout, kind: kind) {
                try $0.append(all: frames)
            }
            let path = "\(folder)/a/pixels/ep_0_step_1.\(kind.rawValue)"
            let ours = try ImageFolderFrames(path: "\(folder)/a").frames(episode: 0, rows: 1..<2)
            let theirs = try python.run(
                "import sys, numpy as np; from PIL import Image; print(np.array(Image.open(sys.argv[1])).ravel().tolist())",
                path)
            #expect("\(ours)\n" == theirs)
            let loss = zip(ours, try frames.frames(episode: 0, rows: 1..<2)).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(kind == .png ? loss == 0 : (1...12).contains(loss))

            let theirPath = "\(folder)/a/pixels/ep_0_step_0.\(kind.rawValue)"
            let pixels = try python.run(
                """
                import sys, numpy as np
                from PIL import Image
                y, x = np.mgrid[0:16, 0:24]
                Image.fromarray(np.stack([x * 9, y * 13, x * y // 2], -1).astype(np.uint8)).save(sys.argv[1])
                print(np.array(Image.open(sys.argv[1])).ravel().tolist())
                """, theirPath)
            let read = try ImageFolderFrames(path: "\(folder)/a").frames(episode: 0, rows: 0..<1)
            #expect("\(read)\n" == pixels)
        }
    }

    @Test("A damaged picture and one of another size are named", .enabled(if: hasLibraries, "needs libpng"))
    func faults() throws {
        let frames = FrameExamples.frames(lengths: [3])
        let other = FrameExamples.frames(lengths: [1], size: FrameSize(height: 6, width: 4))
        try withTemporaryFolder { folder in
            try ImageFolderWriter.write(to: "\(folder)/a", layout: frames.layout) { try $0.append(all: frames) }
            try ImageFolderWriter.write(to: "\(folder)/b", layout: other.layout) { try $0.append(all: other) }
            let place = "\(folder)/a/pixels/ep_0_step_"
            let bytes = try InputFile.bytes(place + "1.png")
            try AtomicFile.write(Array(bytes[..<(bytes.count - 40)]), to: place + "1.png")
            try AtomicFile.write(try InputFile.bytes("\(folder)/b/pixels/ep_0_step_0.png"), to: place + "2.png")
            let read = try ImageFolderFrames(path: "\(folder)/a")
            let cut = #expect(throws: ForesightError.self) { try read.frames(episode: 0, rows: 1..<2) }
            #expect(cut?.message.contains("ep_0_step_1.png cannot be decoded") == true)
            let size = #expect(throws: ForesightError.self) { try read.frames(episode: 0, rows: 2..<3) }
            #expect(size?.message.hasSuffix("it has 4 × 6 pixels") == true)
        }
    }

    @Test("Films are read back with little loss, at any stride", .enabled(if: hasFilms, "needs ffmpeg"))
    func films() throws {
        let frames = FrameExamples.smooth(lengths: [9, 4])
        try withTemporaryFolder { folder in
            try FilmWriter.write(to: "\(folder)/a", layout: frames.layout) { try $0.append(all: frames) }
            let read = try FilmFrames(path: "\(folder)/a")
            #expect(read.layout == frames.layout)
            for (episode, rows, stride) in [(0, 0..<9, 1), (0, 2..<9, 3), (1, 3..<4, 1)] {
                let theirs = try read.frames(episode: episode, rows: rows, stride: stride)
                let ours = try frames.frames(episode: episode, rows: rows, stride: stride)
                let loss = zip(theirs, ours).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                // Neighbouring rows differ by 8 everywhere: a wrong row would be seen.
                #expect(Double(loss) / Double(ours.count) < 3)
            }
            #expect(try read.actions(episode: 1, rows: 0..<4) == frames.actions(episode: 1, rows: 0..<4))
        }
    }

    @Test(
        "A film of upright pictures among lying ones is named, though they have as many pixels", .enabled(if: hasFilms))
    func filmSizes() throws {
        let lying = FrameExamples.frames(lengths: [3, 3], size: FrameSize(height: 16, width: 24))
        let standing = FrameExamples.frames(lengths: [3], size: FrameSize(height: 24, width: 16))
        try withTemporaryFolder { folder in
            try FilmWriter.write(to: "\(folder)/a", layout: lying.layout) { try $0.append(all: lying) }
            try FilmWriter.write(to: "\(folder)/b", layout: standing.layout) { try $0.append(all: standing) }
            try AtomicFile.write(
                try InputFile.bytes("\(folder)/b/pixels/ep_0.mp4"), to: "\(folder)/a/pixels/ep_1.mp4")
            let read = try FilmFrames(path: "\(folder)/a")
            #expect(try read.frames(episode: 0, rows: 0..<3).count == 3 * 16 * 24 * 3)
            let error = #expect(throws: ForesightError.self) { try read.frames(episode: 1, rows: 1..<3) }
            #expect(error?.message.contains("ep_1.mp4 holds pictures of 16 × 24 pixels, ep_0.mp4 of 24 × 16") == true)
        }
    }

    @Test("A film that is shorter than its rows says how many it has", .enabled(if: hasFilms))
    func shortFilm() throws {
        let frames = FrameExamples.smooth(lengths: [4])
        let shorter = FrameExamples.smooth(lengths: [2])
        try withTemporaryFolder { folder in
            try FilmWriter.write(to: "\(folder)/a", layout: frames.layout) { try $0.append(all: frames) }
            try FilmWriter.write(to: "\(folder)/b", layout: shorter.layout) { try $0.append(all: shorter) }
            try AtomicFile.write(
                try InputFile.bytes("\(folder)/b/pixels/ep_0.mp4"), to: "\(folder)/a/pixels/ep_0.mp4")
            let read = try FilmFrames(path: "\(folder)/a")
            let error = #expect(throws: ForesightError.self) { try read.frames(episode: 0, rows: 0..<4) }
            #expect(error?.message.contains("ep_0.mp4 gives 2 pictures for rows 0..<4, 4 are needed") == true)
        }
    }

    @Test("A stream of pixmaps is read picture by picture, and what is none is told from one")
    func pixmaps() {
        let head = Array("P6\n4 2\n255\n".utf8)
        let stream = Data(head + [UInt8](repeating: 32, count: 24) + head + [UInt8](repeating: 10, count: 24))
        let first = Pixmap(stream)
        #expect(first?.size == FrameSize(height: 2, width: 4) && first?.start == head.count)
        let rest = stream[(head.count + 24)...]
        #expect(Pixmap(rest)?.start == 2 * head.count + 24)
        #expect(Pixmap(rest[rest.endIndex...]) == nil)
        for text in ["", "P6\n4", "P5\n4 2\n255\n", "P6\n4 2\n65535\n", "P6\n0 2\n255\n", "P6\n1234567890123 2\n255\n"]
        {
            #expect(Pixmap(Data(text.utf8)) == nil, "\(text)")
        }
    }

    @Test(
        "A folder is what its first picture says, and pictures of other names are told what to be called",
        .enabled(if: hasPNG))
    func names() throws {
        let frames = FrameExamples.frames(lengths: [2])
        try withTemporaryFolder { folder in
            let path = "\(folder)/a"
            try ImageFolderWriter.write(to: path, layout: frames.layout) { try $0.append(all: frames) }
            try Folder.create("\(path)/previews")
            try AtomicFile.write("x", to: "\(path)/previews/all.mp4")
            #expect(FrameFormat.of(path) == .png)
            #expect(try FrameFormat.open(path).layout.lengths == [2])
            for row in 0..<2 {
                try FileManager.default.moveItem(
                    atPath: "\(path)/pixels/ep_0_step_\(row).png", toPath: "\(path)/pixels/frame0\(row).png")
            }
            for (open, name) in [(FrameFormat.png, "ep_0_step_0.png"), (.mp4, "ep_0.mp4")] {
                let error = #expect(throws: ForesightError.self) { try open.open(path) }
                #expect(error?.message.hasPrefix("no folder in \(path) holds \(name)") == true)
                #expect(error?.remedy.contains("without leading zeros") == true)
            }
        }
    }
}
