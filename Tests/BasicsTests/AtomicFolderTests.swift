import Basics
import Foundation
import Testing
import _TestSupport

@Suite("Atomic folders")
struct AtomicFolderTests {
    /// Storage whose renames fail from a certain one on, and the next one after it works again if told so.
    private final class StuckStorage: FileStorage, @unchecked Sendable {
        private let disk = DiskStorage()
        private let failing: Int
        private(set) var renames = 0

        init(failingAt rename: Int) { failing = rename }

        func create(_ path: String) throws -> Int32 { try disk.create(path) }
        func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
            try disk.write(bytes, to: descriptor)
        }
        func synchronize(_ descriptor: Int32) throws { try disk.synchronize(descriptor) }
        func close(_ descriptor: Int32) throws { try disk.close(descriptor) }
        func rename(_ source: String, to destination: String) throws {
            renames += 1
            if renames == failing { throw SystemFault(number: EACCES) }
            try disk.rename(source, to: destination)
        }
        func synchronizeFolder(_ path: String) throws { try disk.synchronizeFolder(path) }
        func remove(_ path: String) { disk.remove(path) }
    }

    private func write(_ text: String, _ names: [String], to folder: String) throws {
        try AtomicFolder.write(to: folder) { partial in
            for name in names { try AtomicFile.write(text, to: "\(partial)/\(name)") }
        }
    }

    @Test("A folder is replaced as a whole: what only the old one had is gone, and no other is left behind")
    func replaced() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/deep/in/model"
            try write("old", ["a", "b"], to: path)
            #expect(Folder.names(in: path) == ["a", "b"] && Folder.names(in: folder + "/deep/in") == ["model"])
            try write("new", ["b", "c"], to: path)
            #expect(Folder.names(in: path) == ["b", "c"])
            #expect(try InputFile.text(path + "/b") == "new")
            #expect(try allNames(in: folder + "/deep/in") == ["model"])
        }
    }

    /// With those that begin with a dot.
    private func allNames(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test("While it is written nothing of it is to be seen, and the old one is there to the end")
    func unseen() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try write("old", ["a"], to: path)
            try AtomicFolder.write(to: path) { partial in
                #expect(partial != path && partial.hasPrefix(folder))
                try AtomicFile.write("new", to: partial + "/a")
                #expect(try InputFile.text(path + "/a") == "old")
                #expect(Folder.names(in: folder).filter { !$0.hasPrefix(".") } == ["model"])
            }
            #expect(try InputFile.text(path + "/a") == "new")
        }
    }

    @Test("A body that throws leaves the old folder, and its own error comes through", arguments: [true, false])
    func bodyThrows(isThere: Bool) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            if isThere { try write("old", ["a"], to: path) }
            #expect(throws: ForesightError.data("stop")) {
                try AtomicFolder.write(to: path) { partial in
                    try AtomicFile.write("half", to: partial + "/a")
                    throw ForesightError.data("stop")
                }
            }
            #expect(try allNames(in: folder) == (isThere ? ["model"] : []))
            if isThere { #expect(try InputFile.text(path + "/a") == "old") }
        }
    }

    @Test("Errors name the folder that was asked for, not the temporary one")
    func names() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            let full = #expect(throws: ForesightError.self) {
                try AtomicFolder.write(to: path) { partial in
                    try AtomicFile.write(
                        "more than fits", to: partial + "/weights", storage: FillingStorage(capacity: 3))
                }
            }
            #expect(full?.message == "cannot save \(path)/weights: no space left on device")
            #expect(full?.code == .failure && full?.remedy.isEmpty == false)
            let taken = #expect(throws: ForesightError.self) {
                try AtomicFile.write("x", to: folder + "/file")
                try write("x", ["a"], to: folder + "/file/model")
            }
            #expect(taken?.message.contains(folder + "/file") == true)
            #expect(taken?.message.contains("partial") == false)
        }
    }

    @Test("A rename that fails brings the old folder back", arguments: [1, 2])
    func renames(failing: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try write("old", ["a", "b"], to: path)
            let error = #expect(throws: ForesightError.self) {
                try AtomicFolder.write(to: path, storage: StuckStorage(failingAt: failing)) { partial in
                    try AtomicFile.write("new", to: partial + "/a")
                }
            }
            #expect(error?.message == "cannot save the folder \(path): permission denied")
            #expect(error?.code == .failure)
            #expect(try allNames(in: folder) == ["model"] && Folder.names(in: path) == ["a", "b"])
            #expect(try InputFile.text(path + "/a") == "old")
        }
    }

    @Test("What an ended process left behind is passed over")
    func leftover() throws {
        try withTemporaryFolder { folder in
            let partial = "\(folder)/.model.\(ProcessInfo.processInfo.processIdentifier).partial"
            try Folder.create(partial)
            try AtomicFile.write("junk", to: partial + "/junk")
            try write("new", ["a"], to: folder + "/model")
            #expect(Folder.names(in: folder + "/model") == ["a"])
            #expect(try allNames(in: folder) == ["model"])
        }
    }
}
