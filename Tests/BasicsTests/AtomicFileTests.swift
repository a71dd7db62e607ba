import Basics
import Foundation
import Synchronization
import Testing
import _TestSupport

/// Storage that fails at one step with an error number, or writes to a file of the caller's choice.
private struct FailingStorage: FileStorage {
    enum Step: String, CaseIterable { case create, write, synchronize, close, rename }
    var failing: Step?
    var number = ENOSPC
    var target: String?
    private let disk = DiskStorage()

    init(failing: Step? = nil, number: Int32 = ENOSPC, target: String? = nil) {
        (self.failing, self.number, self.target) = (failing, number, target)
    }

    private func pass(_ step: Step) throws { if step == failing { throw SystemFault(number: number) } }

    func create(_ path: String) throws -> Int32 {
        try pass(.create)
        if let target { return open(target, O_WRONLY) }
        return try disk.create(path)
    }

    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        // A disk that fills up takes a part first.
        if failing == .write { try disk.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(3)), to: descriptor) }
        try pass(.write)
        try disk.write(bytes, to: descriptor)
    }

    func synchronize(_ descriptor: Int32) throws {
        try pass(.synchronize)
        try disk.synchronize(descriptor)
    }

    func close(_ descriptor: Int32) throws {
        try disk.close(descriptor)
        try pass(.close)
    }

    func rename(_ source: String, to destination: String) throws {
        try pass(.rename)
        try disk.rename(source, to: destination)
    }

    func synchronizeFolder(_ path: String) throws { try disk.synchronizeFolder(path) }
    func remove(_ path: String) { disk.remove(path) }
}

/// Storage that notes its steps.
private final class RecordingStorage: FileStorage {
    private let disk = DiskStorage()
    let steps = Mutex<[String]>([])

    private func note(_ step: String) { steps.withLock { $0.append(step) } }

    func create(_ path: String) throws -> Int32 {
        note("create")
        return try disk.create(path)
    }

    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        note("write \(bytes.count)")
        try disk.write(bytes, to: descriptor)
    }

    func synchronize(_ descriptor: Int32) throws {
        note("synchronize")
        try disk.synchronize(descriptor)
    }

    func close(_ descriptor: Int32) throws {
        note("close")
        try disk.close(descriptor)
    }

    func rename(_ source: String, to destination: String) throws {
        note("rename")
        try disk.rename(source, to: destination)
    }

    func synchronizeFolder(_ path: String) throws {
        note("synchronize folder")
        try disk.synchronizeFolder(path)
    }

    func remove(_ path: String) { note("remove") }
}

@Suite("Atomic files")
struct AtomicFileTests {
    @Test("A new file holds the bytes and leaves nothing else in the folder")
    func new() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("first", to: folder + "/a.txt")
            #expect(try InputFile.text(folder + "/a.txt") == "first")
            #expect(Folder.names(in: folder) == ["a.txt"])
        }
    }

    @Test("The bytes are on the disk before the name is, and the name before the call returns")
    func order() throws {
        try withTemporaryFolder { folder in
            let storage = RecordingStorage()
            try AtomicFile.write([1, 2, 3], to: folder + "/a", storage: storage)
            let expected = ["create", "write 3", "synchronize", "close", "rename", "synchronize folder"]
            #expect(storage.steps.withLock { $0 } == expected)
        }
    }

    @Test("An existing file is replaced")
    func replaced() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("a long first text", to: folder + "/a.txt")
            try AtomicFile.write([1, 2, 3], to: folder + "/a.txt")
            #expect(try InputFile.bytes(folder + "/a.txt") == [1, 2, 3])
        }
    }

    @Test(
        "A failure at any step leaves the old file and no other",
        arguments: FailingStorage.Step.allCases.map(\.rawValue))
    func failure(step: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint"
            try AtomicFile.write("old", to: path)
            let storage = FailingStorage(failing: FailingStorage.Step(rawValue: step))
            let error = #expect(throws: ForesightError.self) {
                try AtomicFile.write("new and longer", to: path, storage: storage)
            }
            #expect(error?.code == .failure)
            #expect(error?.message == "cannot save \(path): no space left on device")
            #expect(error?.remedy == "the earlier file is unchanged; free space on that disk or choose another folder")
            #expect(try InputFile.text(path) == "old")
            #expect(Folder.names(in: folder) == ["checkpoint"])
        }
    }

    #if os(Linux)
        @Test("A full device is named as the cause, and the old file stays")
        func fullDevice() throws {
            try withTemporaryFolder { folder in
                let path = folder + "/checkpoint"
                try AtomicFile.write("old", to: path)
                let error = #expect(throws: ForesightError.self) {
                    try AtomicFile.write("new", to: path, storage: FailingStorage(target: "/dev/full"))
                }
                #expect(error?.message == "cannot save \(path): no space left on device")
                #expect(try InputFile.text(path) == "old")
            }
        }
    #endif

    @Test("Permission denied is named with what to do")
    func permission() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ForesightError.self) {
                try AtomicFile.write("x", to: folder + "/a", storage: FailingStorage(failing: .create, number: EACCES))
            }
            #expect(error?.message == "cannot save \(folder)/a: permission denied")
            #expect(error?.remedy == "choose a folder that you may write to, or change its permissions")
        }
    }

    @Test("A path through a file is refused by the real disk")
    func pathThroughFile() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("x", to: folder + "/file")
            let error = #expect(throws: ForesightError.self) {
                try AtomicFile.write("y", to: folder + "/file/inside")
            }
            #expect(error?.message == "cannot save \(folder)/file/inside: not a directory")
            let missing = #expect(throws: ForesightError.self) {
                try AtomicFile.write("y", to: folder + "/none/inside")
            }
            #expect(missing?.remedy == "check that every part of the path is a folder")
        }
    }

    @Test("A folder is never overwritten")
    func folderInTheWay() throws {
        try withTemporaryFolder { folder in
            try Folder.create(folder + "/a/b")
            #expect(throws: ForesightError.self) { try AtomicFile.write("x", to: folder + "/a") }
            #expect(Folder.names(in: folder) == ["a"])
        }
    }

    @Test("A body that throws leaves the old file and its own error comes through")
    func bodyThrows() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("old", to: folder + "/a")
            #expect(throws: ForesightError.data("stop")) {
                try AtomicFile.write(to: folder + "/a") { writer in
                    try [UInt8](repeating: 7, count: 10).withUnsafeBytes(writer.append)
                    throw ForesightError.data("stop")
                }
            }
            #expect(try InputFile.text(folder + "/a") == "old")
            #expect(Folder.names(in: folder) == ["a"])
        }
    }

    @Test("A link keeps pointing to its target, which is replaced")
    func link() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("old", to: folder + "/target")
            #expect(symlink(folder + "/target", folder + "/link") == 0)
            try AtomicFile.write("new", to: folder + "/link")
            #expect(try InputFile.text(folder + "/target") == "new")
            var status = stat()
            #expect(lstat(folder + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        }
    }

    @Test("The temporary file of a killed process is passed over")
    func leftover() throws {
        try withTemporaryFolder { folder in
            try Data("junk".utf8).write(to: URL(fileURLWithPath: folder + "/.a.\(getpid())-0.partial"))
            try AtomicFile.write("x", to: folder + "/a")
            #expect(try InputFile.text(folder + "/a") == "x")
        }
    }
}
