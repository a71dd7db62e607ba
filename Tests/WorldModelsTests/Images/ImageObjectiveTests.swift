import Basics
import Foundation
import Networks
import Perception
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("The loss of pictures", .enabled(if: torchIsSetUp))
struct ImageObjectiveTests {
    private static let (count, steps, width, directions) = (5, 4, 6, 8)

    /// A recipe of everything, each with a weight of its own.
    private static let everything: ImageRecipe = {
        var recipe = ImageRecipe("everything", summary: "")
        (recipe.prediction, recipe.sigreg, recipe.variance, recipe.covariance) = (0.5, 0.09, 16, 8)
        (recipe.smoothness, recipe.inverse) = (12, 3)
        return recipe
    }()

    private static func model(stack: Int = 2, inverseSteps: Int = 2, seed: UInt64 = 4) -> ImageWorldModel {
        ImageWorldModel.drawn(TinyImages.architecture(stack: stack, inverseSteps: inverseSteps), seed: Seed(seed))
    }

    private static func batch(stack: Int = 2) -> ImageBatch { TinyImages.batch(count, pictures: stack + steps) }

    /// Numbers of a tensor in rows.
    private static func rows(_ tensor: Tensor) -> [[Double]] {
        let numbers = tensor.doubles()
        let width = tensor.size(-1)
        return (0..<numbers.count / width).map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }

    /// Representations of each time of each window, `[time][window][D]`, each picture encoded by itself.
    private static func encoded(_ model: ImageWorldModel, _ batch: ImageBatch) -> [[[Double]]] {
        let stack = model.architecture.stack
        return (0...steps).map { time in
            (0..<count).map { window in
                let planes = (0..<stack).map { PictureScaling.normalised(batch.pictures[window, time + $0]) }
                return rows(model.encode(Tensor.concatenate(planes, dim: 0).unsqueezed(0)))[0]
            }
        }
    }

    private static func tensor(_ rows: [[Double]]) -> Tensor {
        Tensor(rows.flatMap { $0.map { Float($0) } }, shape: [rows.count, rows[0].count])
    }

    private static func meanSquare(_ one: [[Double]], _ other: [[Double]]) -> Double {
        let errors = zip(one, other).flatMap { zip($0, $1).map { ($0 - $1) * ($0 - $1) } }
        return errors.reduce(0, +) / Double(errors.count)
    }

    /// The actions of a window from its time on.
    private static func actions(_ batch: ImageBatch, _ stack: Int, window: Int, time: Int) -> [Double] {
        rows(batch.actions[window])[time + stack - 1]
    }

    private static func value(_ terms: [ImageObjective.Term], _ name: String) -> Double {
        terms.first { $0.name == name }?.value.item() ?? .nan
    }

    @Test("Each term is what its formula says, number by number, and the total their weighted sum")
    func terms() {
        let (model, batch, stack) = (Self.model(), Self.batch(), 2)
        let (total, terms) = withoutGradients {
            ImageObjective(Self.everything, directions: Self.directions).value(
                of: model, batch, using: TorchGenerator(seed: 11))
        }
        withoutGradients {
            let z = Self.encoded(model, batch)
            #expect(
                terms.map(\.name) == ["prediction", "sigreg", "variance", "covariance", "smoothness", "inverse"])

            // Prediction: from the first representation on, each step from the predicted one before.
            var (guess, errors) = (z[0], [Double]())
            for step in 0..<Self.steps {
                let driven = (0..<Self.count).map { Self.actions(batch, stack, window: $0, time: step) }
                guess = Self.rows(
                    model.rollout(from: Self.tensor(guess), actions: Self.tensor(driven).unsqueezed(1))[0])
                errors.append(Self.meanSquare(guess, z[step + 1]))
            }
            let prediction = errors.reduce(0, +) / Double(Self.steps)
            #expect(isClose(Self.value(terms, "prediction"), prediction, within: 1e-4))

            let changes = (0..<Self.steps).map { Self.meanSquare(z[$0 + 1], z[$0]) }
            let smoothness = changes.reduce(0, +) / Double(Self.steps)
            #expect(isClose(Self.value(terms, "smoothness"), smoothness, within: 1e-4))

            // Inverse dynamics: all actions of the two steps between, the first first.
            var recovered: [Double] = []
            for time in 0...Self.steps - 2 {
                let asked = Self.rows(model.inverse(Self.tensor(z[time]), Self.tensor(z[time + 2])))
                let done = (0..<Self.count).map { window in
                    (0..<2).flatMap { Self.actions(batch, stack, window: window, time: time + $0) }
                }
                recovered.append(Self.meanSquare(asked, done))
            }
            let inverse = recovered.reduce(0, +) / Double(recovered.count)
            #expect(isClose(Self.value(terms, "inverse"), inverse, within: 1e-4))

            let (sigreg, variance, covariance) = (Self.sigreg(z), Self.variance(z), Self.covariance(z))
            #expect(isClose(Self.value(terms, "sigreg"), sigreg, within: 1e-4))
            #expect(isClose(Self.value(terms, "variance"), variance, within: 1e-4))
            #expect(isClose(Self.value(terms, "covariance"), covariance, within: 1e-3))

            let sum =
                0.5 * prediction + 0.09 * sigreg + 16 * variance + 8 * covariance + 12 * smoothness + 3 * inverse
            #expect(isClose(total.item(), sum, within: 1e-4))
        }
    }

    /// SIGReg of each time by itself, with directions of its own, and then the mean.
    private static func sigreg(_ z: [[[Double]]]) -> Double {
        let drawn = Tensor.normal([steps + 1, width, directions], using: TorchGenerator(seed: 11))
        let values = z.enumerated().map { time, samples -> Double in
            let raw = rows(drawn[time])  // [D][direction]
            let sums = (0..<directions).map { direction -> Double in
                let length = raw.reduce(0) { $0 + $1[direction] * $1[direction] }.squareRoot()
                return (0...16).reduce(0.0) { sum, knot in
                    let t = Double(knot) * 3 / 16
                    let angles = samples.map { sample in
                        t * zip(sample, raw).reduce(0) { $0 + $1.0 * $1.1[direction] } / length
                    }
                    let phi = exp(-t * t / 2)
                    let real = angles.reduce(0) { $0 + cos($1) } / Double(count) - phi
                    let imaginary = angles.reduce(0) { $0 + sin($1) } / Double(count)
                    let weight = (knot == 0 || knot == 16 ? 1.0 : 2.0) * 3 / 16
                    return sum + weight * phi * (real * real + imaginary * imaginary)
                }
            }
            return Double(count) * sums.reduce(0, +) / Double(directions)
        }
        return values.reduce(0, +) / Double(values.count)
    }

    /// The covariance of the samples of one time, `[D][D]`, of N − 1.
    private static func matrix(_ samples: [[Double]]) -> [[Double]] {
        let mean = (0..<width).map { index in samples.reduce(0) { $0 + $1[index] } / Double(count) }
        return (0..<width).map { i in
            (0..<width).map { j in
                samples.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / Double(count - 1)
            }
        }
    }

    private static func variance(_ z: [[[Double]]]) -> Double {
        let hinges = z.flatMap { samples -> [Double] in
            let matrix = matrix(samples)
            return (0..<width).map { max(0, 1 - (matrix[$0][$0] + 1e-4).squareRoot()) }
        }
        return hinges.reduce(0, +) / Double(hinges.count)
    }

    private static func covariance(_ z: [[[Double]]]) -> Double {
        let sums = z.map { samples -> Double in
            let matrix = matrix(samples)
            return (0..<width).reduce(0.0) { sum, i in
                sum + (0..<width).reduce(0.0) { $0 + ($1 == i ? 0 : matrix[i][$1] * matrix[i][$1]) }
            } / Double(width)
        }
        return sums.reduce(0, +) / Double(sums.count)
    }

    @Test("Spread within groups sees no difference between episodes, and as much within them as there is")
    func groups() {
        let (groups, size, width) = (400, 4, 3)
        let generator = TorchGenerator(seed: 3)
        let within = Tensor.normal([2, groups * size, width], using: generator)
        let between = Tensor.normal([1, groups, 1, width], using: generator) * 50
        let shifted = (within.reshaped([2, groups, size, width]) + between).reshaped(within.shape)
        let (one, other) = (
            ImageObjective.centred(within, group: size), ImageObjective.centred(shifted, group: size)
        )
        #expect((one - other).abs().amax().item() < 1e-3)
        // Independent samples of variance 1 keep it.
        #expect(abs(one.square().mean().item() - 1) < 0.05)
        // Each group by itself: its mean is 0.
        #expect(one.reshaped([2, groups, size, width]).mean(dim: 2).abs().amax().item() < 1e-5)
    }

    @Test("The loss spreads within the groups of its batch")
    func spreadsWithinGroups() {
        var recipe = ImageRecipe("spread", summary: "")
        (recipe.prediction, recipe.variance, recipe.covariance) = (0, 1, 1)
        let (model, pictures) = (Self.model(), TinyImages.batch(6, pictures: 2 + Self.steps))
        let terms = withoutGradients {
            ImageObjective(recipe, directions: 8, group: 3).value(of: model, pictures, using: TorchGenerator(seed: 1))
                .terms
        }
        let encoded = withoutGradients {
            model.encode(pictures.stacked(2), sensed: nil).reshaped([6, Self.steps + 1, -1]).transposed(0, 1)
        }
        let wanted = VICReg.terms(ImageObjective.centred(encoded, group: 3))
        #expect(abs(Self.value(terms, "variance") - wanted.variance.item()) < 1e-6)
        #expect(abs(Self.value(terms, "covariance") - wanted.covariance.item()) < 1e-6)
        #expect(abs(wanted.variance.item() - VICReg.terms(encoded).variance.item()) > 1e-4)
    }

    @Test("Targets of a teacher are its own, and no gradient reaches it")
    func teacher() {
        let (model, batch) = (Self.model(), Self.batch())
        // Another one, so that it cannot be mistaken for the model's own targets.
        let other = Self.model(seed: 9)
        let objective = ImageObjective(.teacher, teacher: other)
        let (total, terms) = objective.value(of: model, batch, using: TorchGenerator(seed: 11))
        total.backward()
        for (name, parameter) in other.namedParameters() { #expect(parameter.gradient == nil, "\(name)") }
        for (name, parameter) in model.namedParameters() { #expect(parameter.gradient != nil, "\(name)") }
        withoutGradients {
            let (z, targets) = (Self.encoded(model, batch), Self.encoded(other, batch))
            let driven = batch.driving(2)
            let predicted = model.rollout(from: Self.tensor(z[0]), actions: driven)
            let errors = predicted.enumerated().map { Self.meanSquare(Self.rows($1), targets[$0 + 1]) }
            let wanted = errors.reduce(0, +) / Double(errors.count)
            #expect(isClose(Self.value(terms, "prediction"), wanted, within: 1e-4))
        }
    }

    @Test("Without a teacher the encoder learns from both ends of the prediction")
    func endToEnd() {
        // Of one step and no other term, so that a stopped gradient would show.
        var recipe = ImageRecipe("alone", summary: "")
        recipe.prediction = 1
        let (model, batch) = (Self.model(stack: 1, inverseSteps: 1), TinyImages.batch(3, pictures: 2))
        ImageObjective(recipe).value(of: model, batch, using: TorchGenerator(seed: 1)).total.backward()
        let bias = model.strided.head.bias?.gradient?.doubles() ?? []
        let stopped = ImageObjective(.teacher, teacher: model)
        model.clearGradients()
        stopped.value(of: model, batch, using: TorchGenerator(seed: 1)).terms[0].value.backward()
        let other = model.strided.head.bias?.gradient?.doubles() ?? []
        #expect(bias.count == 6 && !isClose(bias, other, within: 0.1))
    }

    @Test("The teacher follows the model by its half-life, and starts as it")
    func follows() throws {
        let settings = TinyImages.settings(recipe: "teacher")
        let training = try TinyImages.training(settings)
        let average = try #require(training.trainer.average)
        let start = average.stateDict().mapValues { $0.clone().floats() }
        #expect(start == training.trainer.model.stateDict().mapValues { $0.floats() })
        _ = try training.run(1)
        let now = training.trainer.model.stateDict().mapValues { $0.floats() }
        let keep = Float(exp2(-1 / 100.0))
        for (name, value) in average.stateDict() {
            let (before, after) = (try #require(start[name]), try #require(now[name]))
            #expect(
                isClose(value.floats(), zip(before, after).map { keep * $0 + (1 - keep) * $1 }, within: 1e-5),
                "\(name)")
        }
        #expect(start != now)
    }

    @Test(
        "Recipes have the weights of their papers",
        arguments: [
            ("sigreg", [1, 0.09, 0, 0, 0, 0]), ("sigreg-inverse", [1, 0.09, 0, 0, 0, 1]),
            ("vicreg-inverse", [1, 0, 16, 8, 12, 1]), ("teacher", [1, 0, 0, 0, 0, 1]),
            ("frozen", [1, 0, 0, 0, 0, 0]),
        ])
    func recipes(name: String, weights: [Double]) throws {
        let recipe = try ImageRecipe.named(name)
        let found = [
            recipe.prediction, recipe.sigreg, recipe.variance, recipe.covariance, recipe.smoothness, recipe.inverse,
        ]
        #expect(found == weights && recipe.name == name)
        #expect((recipe.teacherHalfLife != nil) == (name == "teacher"))
        #expect(recipe.isFrozen == (name == "frozen"))
        #expect(ImageRecipe.all.map(\.name).contains(name))
    }

    @Test("A recipe that does not exist is refused with those that do")
    func unknown() {
        let error = #expect(throws: ForesightError.self) { _ = try ImageRecipe.named("sigreg-inverze") }
        #expect(error?.code == .usage && error?.message == "there is no recipe 'sigreg-inverze'")
        #expect(
            error?.remedy
                == "did you mean sigreg-inverse? there are sigreg-inverse, sigreg, vicreg-inverse, teacher, frozen")
        var settings = ImageSettings()
        settings.recipe = "hope"
        #expect(throws: ForesightError.self) { try settings.validate(path: "") }
        settings.recipe = "sigreg"
        settings.inverseSteps = 6
        let steps = #expect(throws: ForesightError.self) { try settings.validate(path: "") }
        #expect(steps?.message == "inverse_steps 6 exceeds the horizon of 5 steps")
    }
}
