import Basics
import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Temporal distance", .enabled(if: torchIsSetUp))
struct TemporalDistanceTests {
    /// Cells of 9 × 6 with a wall, three cells thick, that is open at its top alone.
    private struct Grid {
        let width = 9
        let height = 6
        var cells: [(x: Int, y: Int)] {
            (0..<height).flatMap { y in (0..<width).compactMap { isFree($0, y) ? ($0, y) : nil } }
        }

        func isFree(_ x: Int, _ y: Int) -> Bool {
            (0..<width).contains(x) && (0..<height).contains(y) && (!(3...5).contains(x) || y == 0)
        }

        func neighbours(_ x: Int, _ y: Int) -> [(x: Int, y: Int)] {
            [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)].filter { isFree($0.0, $0.1) }
        }

        /// Steps from a cell to each other, by breadth-first search.
        func steps(from start: (x: Int, y: Int)) -> [Int] {
            var found = [Int](repeating: -1, count: width * height)
            var queue = [start]
            found[start.y * width + start.x] = 0
            while !queue.isEmpty {
                let cell = queue.removeFirst()
                for next in neighbours(cell.x, cell.y) where found[next.y * width + next.x] < 0 {
                    found[next.y * width + next.x] = found[cell.y * width + cell.x] + 1
                    queue.append(next)
                }
            }
            return found
        }

        /// What a perfect encoder would make of cells: their places.
        func representation(_ cells: [(x: Int, y: Int)]) -> Tensor {
            Tensor(cells.flatMap { [Float($0.x) - 4, Float($0.y) - 2] }, shape: [cells.count, 2])
        }

        /// Random walks of so many rows.
        func walks(_ count: Int, rows: Int, seed: UInt64) -> (representations: Tensor, episodes: [Range<Int>]) {
            var generator = SeededGenerator(seed: seed)
            var visited: [(x: Int, y: Int)] = []
            for _ in 0..<count {
                let free = cells
                var cell = free[Int(generator.next(upperBound: UInt64(free.count)))]
                for _ in 0..<rows {
                    visited.append(cell)
                    let near = neighbours(cell.x, cell.y)
                    cell = near[Int(generator.next(upperBound: UInt64(near.count)))]
                }
            }
            return (representation(visited), (0..<count).map { $0 * rows..<($0 + 1) * rows })
        }
    }

    @Test("Random walks teach the shortest ways, around a wall, of which no walk went the longest")
    func grid() throws {
        let grid = Grid()
        let walks = grid.walks(60, rows: 40, seed: 3)
        let training = try TemporalDistanceTraining(
            walks.representations, episodes: walks.episodes, hidden: 64, discount: 0.95, steps: 1500, seed: Seed(1))
        #expect(training.run(1500).isFinite && training.step == 1500)
        let cells = grid.cells
        var (errors, behind): ([Double], [(learned: Double, known: Int, straight: Double)]) = ([], [])
        for start in cells {
            let known = grid.steps(from: start)
            let learned = withoutGradients {
                training.distance.rows(
                    grid.representation([start]).expanded(to: [cells.count, 2]), grid.representation(cells)
                ).doubles()
            }
            for (cell, rows) in zip(cells, learned) {
                let steps = known[cell.y * grid.width + cell.x]
                errors.append(abs(rows - Double(steps)))
                if steps == 0 { #expect(rows < 0.8, "\(rows) at the goal") }
                let (dx, dy) = (Double(cell.x - start.x), Double(cell.y - start.y))
                if (start.x - 4) * (cell.x - 4) < 0 && start.y + cell.y >= 6 {
                    behind.append((rows, steps, (dx * dx + dy * dy).squareRoot()))
                }
            }
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(mean < 1, "off by \(mean) rows")
        // On the other side, away from the gap: four to nine cells as the crow flies, ten to eighteen steps away.
        #expect(behind.count == 270 && behind.allSatisfy { $0.known >= 10 })
        for pair in behind { #expect(pair.learned > 1.4 * pair.straight, "\(pair)") }
        let far = behind.map { abs($0.learned - Double($0.known)) }.reduce(0, +) / Double(behind.count)
        #expect(far < 2, "off by \(far) rows around the wall")
    }

    @Test("Rows and their discounted number belong together, and everything starts far")
    func discounting() {
        let distance = TemporalDistance(width: 3, hidden: 8, discount: 0.9, seed: Seed(2))
        let (z, goal) = withoutGradients {
            (
                Tensor.normal([5, 3], using: TorchGenerator(seed: 1)),
                Tensor.normal([5, 3], using: TorchGenerator(seed: 2))
            )
        }
        withoutGradients {
            let (discounted, rows) = (distance.discounted(z, goal).doubles(), distance.rows(z, goal).doubles())
            for (value, count) in zip(discounted, rows) {
                // 1 + γ + … of d terms.
                #expect(abs(value - (1 - power(0.9, count)) / 0.1) < 1e-3)
                #expect(count > 20)
            }
            // One goal for many, and one for each, are the same.
            let one = distance.rows(z, goal[0..<1]).doubles()
            let each = distance.rows(z, goal[0..<1].expanded(to: [5, 3])).doubles()
            #expect(one == each)
        }
    }

    private func power(_ base: Double, _ exponent: Double) -> Double {
        withoutGradients { Tensor(scalar: base, dtype: .float64).pow(exponent).item() }
    }

    @Test("Episodes of one row tell nothing")
    func nothing() {
        let error = #expect(throws: ForesightError.self) {
            _ = try TemporalDistanceTraining(
                Tensor.zeros([2, 3]), episodes: [0..<1, 1..<2], hidden: 8, discount: 0.99, steps: 5, seed: Seed(0))
        }
        #expect(error?.code == .data && error?.remedy.contains("distance_steps=0") == true)
    }
}
