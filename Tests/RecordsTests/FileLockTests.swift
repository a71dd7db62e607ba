import Basics
import Records
import Testing
import _TestSupport

@Suite("Files that one command at a time works on")
struct FileLockTests {
    @Test("A lock is had by one, until it is released or let go, and leaves nothing") func one() throws {
        try withTemporaryFolder { folder in
            let file = folder + "/episodes.json"
            func isFree() throws -> Bool { try FileLock.take(file) != nil }
            let lock = try #require(try FileLock.take(file))
            #expect(try !isFree() && Folder.names(in: folder) == ["episodes.json.lock"])
            // Another file is another matter.
            let isOtherFree = try FileLock.take(folder + "/other.json") != nil
            #expect(isOtherFree)
            lock.release()
            lock.release()
            #expect(Folder.names(in: folder).isEmpty)
            // What is let go is free as well, and so is what a kill has left.
            #expect(try isFree() && isFree())
            try AtomicFile.write("", to: file + ".lock")
            #expect(try isFree() && Folder.names(in: folder).isEmpty)
        }
    }

    @Test("A lock that cannot be written is told with its path") func impossible() throws {
        try withTemporaryFolder { folder in
            let error = #expect(throws: ForesightError.self) { _ = try FileLock.take(folder + "/none/a") }
            #expect(error?.code == .failure && error?.message.contains("/none/a.lock: no such file") == true)
        }
    }
}
