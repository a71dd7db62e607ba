import Commands
import Foundation

let status = Program.run(Array(CommandLine.arguments.dropFirst()))
// All is written, and the system takes memory back by itself: libtorch's own tear-down would take ten times as long as a plan.
fflush(nil)
_exit(status)
