import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Training from pictures with blocks as one operation", .enabled(if: torchIsSetUp))
struct CompiledBlocksTrainingTests {
    @Test("Twelve steps are those of libtorch, layer by layer")
    func steps() throws {
        func run(compiled: Bool) throws -> ImageReport {
            try Transformer.$isCompiled.withValue(compiled) {
                try TinyImages.training(TinyImages.transformers(steps: 12, dropout: 0.1)).run(12)
            }
        }
        let (found, expected) = (try run(compiled: true), try run(compiled: false))
        #expect(found.step == 12 && found.skipped == 0 && found.terms.count == expected.terms.count)
        #expect(found.gradientNorm != expected.gradientNorm)
        #expect(isClose(found.gradientNorm, expected.gradientNorm, within: 1e-3))
        for (a, b) in zip(found.terms, expected.terms) {
            #expect(isClose(a.value, b.value, within: 1e-3), "\(a.name): \(a.value) and \(b.value)")
        }
    }

    @Test("A training in bfloat16 comes to the error of one in float32 on episodes held out")
    func precision() throws {
        func error(_ precision: ImagePrecision) throws -> [Double] {
            var settings = TinyImages.transformers(steps: 200, precision: precision)
            settings.rate = 2e-3
            let training = try TinyImages.training(settings)
            _ = try training.run(200)
            try training.learnHeads()
            return try #require(training.health).predictionError
        }
        let (exact, short) = (try error(.float32), try error(.bfloat16))
        #expect(exact.count == short.count && !exact.isEmpty && exact != short)
        for (step, (a, b)) in zip(exact, short).enumerated() {
            #expect(abs(a - b) < 0.1 * a, "\(step + 1) steps ahead: \(a) in float32, \(b) in bfloat16")
        }
    }
}
