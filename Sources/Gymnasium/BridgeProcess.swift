import Basics
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process of Python that answers lines of JSON with lines of JSON.
///
/// A socket instead of two pipes: writing to a process that has ended is then an error and not a signal that ends this one.
final class BridgeProcess {
    private let process = Process()
    private let socket: Int32
    private let complaint = Complaint()
    private let leader: ProcessWatch
    private var received: [UInt8] = []
    private var isOpen = true

    /// The number of the process.
    var identifier: Int32 { process.processIdentifier }
    /// Whether it is there.
    var isRunning: Bool { isOpen && !leader.hasEnded }

    /// Starts Python with a script.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be started.
    init(python: String, script: String) throws {
        var ends: [Int32] = [0, 0]
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #else
            let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw ForesightError.failure("cannot make a socket: \(SystemFault.last)", remedy: "close other programs")
        }
        socket = ends[0]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #if canImport(Darwin)
            var isOn: Int32 = 1
            _ = setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        #endif
        let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", script]
        process.standardInput = theirs
        process.standardOutput = theirs
        process.standardError = errors
        defer { _ = close(ends[1]) }
        do { try process.run() } catch {
            _ = close(ends[0])
            throw ForesightError.failure("\(python) cannot be started: \(error)", remedy: "name another with --python")
        }
        // It leads a group of its own, in which is what it starts itself.
        leader = ProcessWatch(process.processIdentifier)
        // A full pipe would stop the process.
        let (complaint, reading) = (complaint, errors.fileHandleForReading)
        Thread { complaint.collect(reading) }.start()
    }

    deinit { end() }

    /// Sends a line and waits for the answer.
    ///
    /// - Parameters:
    ///   - request: What is asked; `nil` to wait only.
    ///   - seconds: How long to wait.
    /// - Returns: The answer.
    /// - Throws: `Fault`; the process is then gone.
    func ask(_ request: JSONValue?, seconds: Double) throws(Fault) -> JSONValue {
        guard isOpen else { throw .ended(status: "before", words: complaint.lines) }
        if let request { try send(Array((request.text() + "\n").utf8)) }
        let line = try line(until: ContinuousClock.now + .seconds(seconds))
        guard let answer = try? JSONParser.parse(String(decoding: line, as: UTF8.self)) else {
            end()
            throw .garbled(String(decoding: line.prefix(80), as: UTF8.self))
        }
        return answer
    }

    /// Ends the process: first with a word, then without.
    func end(kindly seconds: Double = 2) {
        guard isOpen else { return }
        if !leader.hasEnded, seconds > 0 {
            try? send(Array("{\"do\":\"close\"}\n".utf8))
            // What is still on its way is of no interest; the end of the stream is.
            let deadline = ContinuousClock.now + .seconds(seconds)
            while isOpen, (try? line(until: deadline)) != nil {}
        }
        stop()
    }

    private func stop() {
        guard isOpen else { return }
        isOpen = false
        _ = close(socket)
        leader.end(seconds: 10)
        // Foundation asks the kernel how the process ended as soon as it hears of it. What has left the group may keep that
        // from it for as long as it lives, so it gets a moment only; longer where it has asked first, and alone can tell.
        let hasAsked = leader.hasEnded && leader.status == nil
        let deadline = ContinuousClock.now + .seconds(hasAsked ? 10 : 1)
        while process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
        // Returns at once then, and lets go of the process.
        if !process.isRunning { process.waitUntilExit() }
    }

    private func send(_ bytes: [UInt8]) throws(Fault) {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Foundation.send(socket, $0.baseAddress, $0.count, flags) }
            if count > 0 { sent += count } else if errno != EINTR { throw lost() }
        }
    }

    private func line(until deadline: ContinuousClock.Instant) throws(Fault) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let end = received.firstIndex(of: 10) {
                defer { received.removeFirst(end + 1) }
                return Array(received[..<end])
            }
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            // The stream may outlast the process, in what that has started. Asked before the look at the stream: what the
            // process wrote last is there when it has ended.
            let hasEnded = leader.hasEnded
            guard left > 0 else {
                if hasEnded { throw lost() }
                stop()
                throw .late
            }
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, hasEnded ? 0 : Int32(min(left.rounded(.up), 200)))
            if ready < 0 && errno == EINTR { continue }
            if ready == 0 {
                if hasEnded { throw lost() }
                continue
            }
            let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            if count > 0 {
                received += buffer[..<count]
            } else if count == 0 || errno != EINTR {
                throw lost()
            }
        }
    }

    /// What to say of a process that has gone.
    private func lost() -> Fault {
        // It may have closed its end a moment before it is over.
        let hasEnded = leader.waits(seconds: 5)
        stop()
        return .ended(status: (hasEnded ? ending : nil) ?? "no status", words: complaint.lines)
    }

    /// How it ended, as far as that is known.
    private var ending: String? {
        if let status = leader.status { return status }
        guard !process.isRunning else { return nil }
        let isSignal = process.terminationReason == .uncaughtSignal
        return "\(isSignal ? "signal" : "status") \(process.terminationStatus)"
    }

    /// Why there is no answer.
    enum Fault: Error {
        /// The process has ended.
        case ended(status: String, words: [String])
        /// It did not answer in time, and was ended.
        case late
        /// It answered something else.
        case garbled(String)
    }

    /// The last of what the process wrote to standard error.
    private final class Complaint: @unchecked Sendable {
        private let lock = NSLock()
        private var text: [UInt8] = []

        func collect(_ handle: FileHandle) {
            while case let data = handle.availableData, !data.isEmpty {
                lock.withLock {
                    text += data
                    if text.count > 1 << 16 { text.removeFirst(text.count - 1 << 15) }
                }
            }
        }

        var lines: [String] {
            // What was written just before the end is still on its way.
            usleep(20_000)
            return lock.withLock { String(decoding: text, as: UTF8.self) }.split(whereSeparator: \.isNewline)
                .map(String.init)
        }
    }
}
