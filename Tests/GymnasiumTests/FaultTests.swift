import Basics
import Foundation
import Plants
import Testing
import _TestSupport

@testable import Gymnasium

@Suite("What goes wrong behind the bridge is said", .enabled(if: python != nil, .init(rawValue: needsGymnasium)))
struct FaultTests {
    /// The error of a body, which has to throw one of ours.
    private func error(_ body: () throws -> Void) -> ForesightError? {
        do { try body() } catch { return error as? ForesightError }
        return nil
    }

    @Test(
        "Exceptions, ends of the process and hangs in a step are errors with the reason",
        arguments: [
            ("raise", ["failed in step", "RuntimeError: the arm came off", "bridge_environments.py:"]),
            ("exit", ["failed in step", "SystemExit: enough"]),
            ("die", ["status 17", "in step", "dying words"]),
            ("hang", ["did not answer step within 1 s", "--timeout"]),
        ])
    func steps(_ fault: String, _ words: [String]) throws {
        var options = dot("bridge/Dot-v0", ["fault": .string(fault)])
        options.patience = fault == "hang" ? 1 : 60
        let environment = try GymnasiumEnvironment(options)
        try environment.reset(seed: 0)
        for _ in 0..<2 { _ = try environment.step([0]) }
        let began = Date()
        let failure = try #require(error { _ = try environment.step([0]) })
        #expect(failure.code == .failure)
        for word in words { #expect(failure.description.contains(word), "\(failure)") }
        #expect(Date().timeIntervalSince(began) < 30)
        if fault == "raise" {
            // The process is there, and goes on.
            try environment.reset(seed: 0)
            _ = try environment.step([0])
        } else if fault != "exit" {
            #expect(waits { isGone(environment.processIdentifier) })
            let after = try #require(error { try environment.reset(seed: 0) })
            #expect(after.description.contains("make the environment anew"))
        }
    }

    @Test("A process that somebody kills is missed at the next step") func killed() throws {
        let environment = try GymnasiumEnvironment(dot())
        try environment.reset(seed: 0)
        kill(environment.processIdentifier, SIGKILL)
        let failure = try #require(error { _ = try environment.step([0]) })
        #expect(failure.description.contains("signal 9"), "\(failure)")
    }

    @Test("Names, modules, arguments and interpreters that are not there are told with what helps")
    func missing() throws {
        var unknown = cartPole
        unknown.identifier = "CartPoel-v1"
        var module = cartPole
        module.identifier = "no_such_module:Thing-v0"
        var file = cartPole
        file.imports = ["no/such/file.py"]
        var program = cartPole
        program.python = "/no/such/python"
        var variation = cartPole
        variation.varied = ["agent.color"]
        var value = cartPole
        value.variations = ["agent.color": GymnasiumValue(1)]
        let cases: [(GymnasiumOptions, ForesightError.Code, [String])] = [
            (unknown, .usage, ["CartPoel", "CartPole", "--import"]),
            (module, .unavailable, ["No module named 'no_such_module'", "-m pip install no-such-module"]),
            (file, .usage, ["no/such/file.py"]),
            (program, .usage, ["/no/such/python"]),
            (variation, .usage, ["no variations"]),
            (value, .usage, ["no variations", "agent.color"]),
            (dot("bridge/Dot-v0", ["nonsense": 1]), .failure, ["nonsense", "in make"]),
        ]
        for (options, code, words) in cases {
            let failure = try #require(error { _ = try GymnasiumEnvironment(options) })
            #expect(failure.code == code, "\(failure)")
            for word in words { #expect(failure.description.contains(word), "\(failure)") }
        }
    }

    @Test("A Python without NumPy or Gymnasium is told what to type") func bare() throws {
        try withTemporaryFolder { folder in
            // An interpreter that sees nothing but its own library.
            let program = "\(folder)/python"
            let path = try #require(python?.path)
            try "#!/bin/sh\nexec '\(path)' -I -S \"$@\"\n".write(toFile: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            var options = cartPole
            options.python = program
            let failure = try #require(error { _ = try GymnasiumEnvironment(options) })
            #expect(failure.code == .unavailable)
            #expect(failure.description.contains("type: \(program) -m pip install numpy gymnasium"), "\(failure)")
        }
    }

    @Test("The shared file has no name once both sides have it, and works on") func sharedFile() throws {
        let memory = try SharedMemory(numbers: 3, bytes: 10)
        #expect(FileManager.default.fileExists(atPath: memory.path))
        memory.forgetName()
        #expect(!FileManager.default.fileExists(atPath: memory.path))
        memory.numbers[2] = 5
        #expect(memory.numbers[2] == 5 && memory.bytes.count == 10)
        let environment = try GymnasiumEnvironment(dot())
        #expect(!FileManager.default.fileExists(atPath: environment.sharedPath))
        // An environment that cannot be made leaves none behind, and a file that nobody took is removed with its owner.
        let path = try SharedMemory(numbers: 1, bytes: 1).path
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("Closing or forgetting an environment ends its process") func closing() throws {
        var environment: GymnasiumEnvironment? = try GymnasiumEnvironment(dot())
        let first = try #require(environment?.processIdentifier)
        #expect(kill(first, 0) == 0)
        environment = nil
        #expect(waits { isGone(first) })
        let other = try GymnasiumEnvironment(dot())
        other.close()
        #expect(waits { isGone(other.processIdentifier) })
        #expect(throws: ForesightError.self) { try other.reset(seed: 0) }
    }

    /// The number of the process that an environment starts in its first step.
    private func firstHelper(of environment: GymnasiumEnvironment) throws -> Int32 {
        try environment.reset(seed: 0)
        _ = try environment.step([0])
        let column = try #require(environment.columns.firstIndex { $0.name == "info.count" })
        let number = Int32(environment.values(of: column)[0])
        try #require(number > 1 && !isGone(number))
        return number
    }

    @Test(
        "A crash is told though a process that the environment has started holds its streams open",
        arguments: ["fork and crash", "flee and crash"])
    func survivors(_ fault: String) throws {
        var options = dot("bridge/Dot-v0", ["fault": .string(fault)])
        options.patience = 60
        let environment = try GymnasiumEnvironment(options)
        let helper = try firstHelper(of: environment)
        defer { kill(helper, SIGKILL) }
        _ = try environment.step([0])
        let began = Date()
        let failure = try #require(error { _ = try environment.step([0]) })
        #expect(failure.description.contains("signal 9"), "\(failure)")
        #expect(Date().timeIntervalSince(began) < 30)
        // One in the group of the environment ends with it; one that has left it is on its own, and is not waited for.
        if fault.hasPrefix("fork") {
            #expect(waits { isGone(helper) })
        } else {
            #expect(!isGone(helper))
        }
    }

    @Test("What an environment has started ends with it, closed or killed", arguments: [true, false])
    func helpers(isKilled: Bool) throws {
        let environment = try GymnasiumEnvironment(dot("bridge/Dot-v0", ["fault": "run"]))
        let helper = try firstHelper(of: environment)
        defer { kill(helper, SIGKILL) }
        if isKilled { kill(environment.processIdentifier, SIGKILL) } else { environment.close() }
        #expect(waits { isGone(helper) })
        environment.close()
    }

    @Test(
        "The process ends with its parent, also in the middle of a step that hangs, and what it has started with it",
        arguments: ["hang", "fork and hang", "fork"])
    func orphan(_ fault: String) throws {
        let script = """
            import json, subprocess, sys, time
            child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            def ask(**request):
                child.stdin.write((json.dumps(request) + "\\n").encode())
                child.stdin.flush()
                return child.stdout.readline()
            child.stdout.readline()
            ask(do="watch", patience=60)
            ask(do="make", id="bridge/Dot-v0", imports=[sys.argv[2]], arguments={"fault": sys.argv[4]}, varied=[])
            open(sys.argv[3], "w").write("0" * 100000)
            ask(do="attach", path=sys.argv[3], action=1, columns=5, picture=100)
            ask(do="reset", seed=0, options={})
            for _ in range(2): ask(do="step")
            child.stdin.write(b'{"do": "step"}\\n')
            child.stdin.flush()
            time.sleep(0.3)
            print(child.pid, flush=True)
            time.sleep(600)
            """
        try withTemporaryFolder { folder in
            let parent = Process()
            parent.executableURL = URL(fileURLWithPath: try #require(python?.path))
            let bridge = String(decoding: PackageResources.bridge_py, as: UTF8.self)
            parent.arguments = ["-c", script, bridge, dot().imports[0], "\(folder)/shared", fault]
            let (output, errors) = (Pipe(), Pipe())
            parent.standardOutput = output
            parent.standardError = errors
            try parent.run()
            let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(kill(child, 0) == 0)
            kill(parent.processIdentifier, SIGKILL)
            // All of them hold the pipe of errors; it ends when the last of them does.
            let ended = DispatchSemaphore(value: 0)
            Thread {
                _ = errors.fileHandleForReading.readDataToEndOfFile()
                ended.signal()
            }.start()
            #expect(ended.wait(timeout: .now() + 60) == .success)
            kill(child, SIGKILL)
        }
    }
}
