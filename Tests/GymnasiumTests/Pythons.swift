import Basics
import Foundation
import Gymnasium
import _TestSupport

/// A Python with Gymnasium, and pygame to draw its classic environments.
let python = Python(importing: "gymnasium, pygame, numpy")
/// Why tests are left out.
let needsGymnasium = "needs Python with gymnasium[classic-control], which make test installs"

/// The options of an environment of `Tests/Python/bridge_environments.py`.
func dot(_ name: String = "bridge/Dot-v0", _ arguments: [String: JSONValue] = [:]) -> GymnasiumOptions {
    var options = GymnasiumOptions(name)
    options.python = python?.path
    options.imports = [
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Python/bridge_environments.py").path
    ]
    options.arguments = arguments.mapValues { GymnasiumValue($0) }
    return options
}

/// CartPole-v1.
var cartPole: GymnasiumOptions {
    var options = GymnasiumOptions("CartPole-v1")
    options.python = python?.path
    return options
}

/// Waits for something to become true.
func waits(seconds: Double = 60, until holds: () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if holds() { return true }
        usleep(10_000)
    }
    return holds()
}

/// Whether a process is over.
func isGone(_ process: Int32) -> Bool {
    if kill(process, 0) != 0 { return true }
    // Whoever inherits orphans may never ask how they ended; they are then listed for ever.
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status?.contains(") Z") == true
}
