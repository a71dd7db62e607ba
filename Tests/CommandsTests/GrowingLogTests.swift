import Basics
import Foundation
import Testing
import _TestSupport

@testable import Commands

@Suite("A log that others still write")
struct GrowingLogTests {
    @Test("Whole lines are news once; a shorter file, another beginning and a file that is gone are told apart")
    func news() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/log.csv"
            func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
            try write("t,x\n0,1\n")
            let log = GrowingLog(path)
            defer { log.close() }
            func grown() throws -> String? {
                guard case .grown(let copy) = try log.next() else { return nil }
                return try InputFile.text(copy)
            }
            #expect(try log.next() == nil, "one sample tells nothing of the time between samples")
            try write("t,x\n0,1\n1,2\n2,")
            #expect(try grown() == "t,x\n0,1\n1,2\n")
            #expect(try log.next() == nil)
            try write("t,x\n0,1\n1,2\n2,3\n")
            #expect(try grown() == "t,x\n0,1\n1,2\n2,3\n")
            // Shorter.
            try write("t,x\n0,1\n")
            #expect(try log.next() == .replaced)
            #expect(try log.next() == nil)
            try write("t,x\n0,1\n1,5\n")
            #expect(try grown() == "t,x\n0,1\n1,5\n")
            // Longer, but another one.
            try write("t,x\n0,7\n1,5\n2,5\n3,5\n")
            #expect(try log.next() == .replaced)
            #expect(try grown() == "t,x\n0,7\n1,5\n2,5\n3,5\n")
            try FileManager.default.removeItem(atPath: path)
            #expect(try log.next() == .gone)
            #expect(try log.next() == nil)
            // Put aside and back, it is what it was.
            try write("t,x\n0,7\n1,5\n2,5\n3,5\n")
            #expect(try log.next() == nil)
            try write("")
            #expect(try log.next() == .replaced)
            try FileManager.default.removeItem(atPath: path)
            #expect(try log.next() == .gone)
            // Moved away and back, unchanged, and then written on.
            try write("t,x\n0,1\n1,2\n")
            #expect(try grown() == "t,x\n0,1\n1,2\n")
            let away = folder + "/away.csv"
            try FileManager.default.moveItem(atPath: path, toPath: away)
            #expect(try log.next() == .gone)
            try FileManager.default.moveItem(atPath: away, toPath: path)
            #expect(try log.next() == nil)
            try write("t,x\n0,1\n1,2\n2,3\n")
            #expect(try grown() == "t,x\n0,1\n1,2\n2,3\n")
            try FileManager.default.removeItem(atPath: path)
            #expect(try log.next() == .gone)
            // Of what is written on, lines may be left out between the head and the last ones.
            try write("t,x\n0,1\n1,2\n2,3\n3,4\n")
            #expect(try grown() == "t,x\n0,1\n1,2\n2,3\n3,4\n")
            #expect(try log.shortened(first: 1, last: 4) == nil)
            let short = try #require(try log.shortened(first: 1, last: 2))
            #expect(try InputFile.text(short) == "t,x\n2,3\n3,4\n")
            try write("t,x\n0,1\n1,2\n2,3\n3,4\n4,5\n")
            #expect(try grown() == "t,x\n0,1\n1,2\n2,3\n3,4\n4,5\n", "nothing is left out by a look at it")
            _ = try log.shortened(first: 1, last: 2)
            #expect(log.leaveOut() == 3)
            #expect(log.leaveOut() == 0)
            try write("t,x\n0,1\n1,2\n2,3\n3,4\n4,5\n5,6\n")
            #expect(try grown() == "t,x\n3,4\n4,5\n5,6\n")
            try FileManager.default.removeItem(atPath: path)
            #expect(try log.next() == .gone)
            let never = #expect(throws: ForesightError.self) { try GrowingLog(folder + "/other.csv").next() }
            #expect(never?.message.contains("no such file") == true)
        }
    }
}
