import Basics
import Foundation
import Testing
import _TestSupport

@Suite("Reading files")
struct FileReadingTests {
    @Test("A mapped file shows the bytes of the file")
    func mapped() throws {
        try withTemporaryFolder { folder in
            let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try AtomicFile.write(bytes, to: folder + "/a")
            let file = try MappedFile(path: folder + "/a")
            #expect(file.count == 10_000)
            #expect(file.withBytes { Array($0) } == bytes)
        }
    }

    @Test("A mapping survives that the file is replaced")
    func replacedWhileMapped() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("old", to: folder + "/a")
            let file = try MappedFile(path: folder + "/a")
            try AtomicFile.write("n", to: folder + "/a")
            #expect(file.withBytes { Array($0) } == Array("old".utf8))
        }
    }

    @Test("A missing file is refused with the nearest name in its folder")
    func missing() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("x", to: folder + "/heater.csv")
            let error = #expect(throws: ForesightError.self) { try MappedFile(path: folder + "/haeter.csv") }
            #expect(error == .data("no such file: \(folder)/haeter.csv", remedy: "did you mean \(folder)/heater.csv?"))
            let far = #expect(throws: ForesightError.self) { try InputFile.text(folder + "/weather-of-last-year") }
            #expect(far?.remedy == "check the path")
            #expect(far?.code.exitStatus == 65)
        }
    }

    @Test("An empty file cannot be mapped, and reads as nothing")
    func empty() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("", to: folder + "/a")
            let error = #expect(throws: ForesightError.self) { try MappedFile(path: folder + "/a") }
            #expect(error?.message == "\(folder)/a is empty (0 bytes)")
            #expect(try InputFile.bytes(folder + "/a").isEmpty)
        }
    }

    @Test("A folder is refused as a file")
    func folder() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ForesightError.self) { try MappedFile(path: folder) }
            #expect(error?.message == "\(folder) is a folder, a file is needed")
            #expect(throws: ForesightError.self) { try InputFile.bytes(folder) }
        }
    }

    @Test("Text loses its byte order mark and must be UTF-8")
    func text() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write([0xEF, 0xBB, 0xBF, 0x61], to: folder + "/bom")
            #expect(try InputFile.text(folder + "/bom") == "a")
            try AtomicFile.write([0x61, 0xFF], to: folder + "/latin")
            let error = #expect(throws: ForesightError.self) { try InputFile.text(folder + "/latin") }
            #expect(error?.message == "\(folder)/latin is not UTF-8 text")
        }
    }

    @Test("Folders are made with those above them, twice without harm, and never through a file")
    func folders() throws {
        try withTemporaryFolder { folder in
            try Folder.create(folder + "/a/b/c")
            try Folder.create(folder + "/a/b/c")
            #expect(Folder.exists(folder + "/a/b/c"))
            try AtomicFile.write("x", to: folder + "/file")
            let error = #expect(throws: ForesightError.self) { try Folder.create(folder + "/file/d") }
            #expect(error?.message == "cannot make the folder \(folder)/file: not a directory")
        }
    }
}
