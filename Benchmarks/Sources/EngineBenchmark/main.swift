// Speed of the engine: matrix products in GFLOP/s and the time of one small operation, on one thread.

import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Processor time of this thread in seconds: other programs on the machine disturb it less than they do a clock.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The least time of one run in seconds, over several rounds: noise only ever adds.
func best(_ rounds: Int = 9, runs: Int, _ body: () -> Void) -> Double {
    body()
    return (0..<rounds).map { _ in
        let start = processorTime()
        for _ in 0..<runs { body() }
        return (processorTime() - start) / Double(runs)
    }.min() ?? 0
}

func text(_ value: Double, width: Int = 10, digits: Int = 1) -> String {
    let scale = digits == 0 ? 1.0 : digits == 1 ? 10.0 : 100.0
    let rounded = "\((value * scale).rounded() / scale)"
    return String(repeating: " ", count: max(0, width - rounded.count)) + rounded
}

do {
    try Engine.load()
} catch {
    print("engine-benchmark: \(error)")
    throw error
}
Engine.threads = 1
let random = TorchGenerator(seed: 1)
let settings = [(Engine.Tuning.fastMKL, "fast MKL"), (.keptMemory, "kept memory")]
    .map { "\($0.1) \(Engine.tuning.contains($0.0) ? "on" : "off")" }
print("libtorch \(Engine.version), 1 thread, \(settings.joined(separator: ", "))\n")

print("product               GFLOP/s float32   bfloat16")
for (m, k, n) in [(512, 192, 192), (2048, 192, 768), (8192, 192, 576), (1024, 1024, 1024), (64, 64, 64)] {
    let operations = 2 * Double(m) * Double(k) * Double(n)
    let runs = max(1, Int(1e9 / operations))
    let speeds = [DType.float32, .bfloat16].map { dtype in
        let a = Tensor.normal([m, k], using: random).to(dtype: dtype)
        let b = Tensor.normal([k, n], using: random).to(dtype: dtype)
        return withInferenceMode { operations / best(runs: runs) { _ = a.matmul(b) } / 1e9 }
    }
    let name = "\(m) × \(k) × \(n)"
    print(name + String(repeating: " ", count: max(0, 22 - name.count)) + text(speeds[0], width: 15) + text(speeds[1]))
}

print("\noperation                   µs")
let small = Tensor.normal([4], using: random)
let other = Tensor.normal([4], using: random)
let recorded = Tensor.normal([4], using: random).requiresGrad()
let square = Tensor.normal([64, 64], using: random)
func row(_ name: String, _ body: () -> Void) {
    print(
        name + String(repeating: " ", count: max(0, 22 - name.count)) + text(best(runs: 20_000, body) * 1e6, digits: 2))
}
withoutGradients {
    row("shape") { _ = small.shape }
    row("reshape (a view)") { _ = small.reshaped([2, 2]) }
    row("add") { _ = small + other }
    row("add in place") { small.add_(other) }
    row("erf (by name)") { _ = small.erf() }
    row("topk (by name)") { _ = small.topk(2) }
    row("matmul 64 × 64") { _ = square.matmul(square) }
}
row("add, recorded") { _ = recorded + other }
