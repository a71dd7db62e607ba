import Basics
import Testing

@testable import Plants

@Suite("Point maze")
struct PointMazeTests {
    @Test("Where no wall is, the ball moves as MuJoCo moves it")
    func reference() throws {
        let reference = try WorldReference.load().pointMaze
        // A world without walls: the ball starts anew in the middle of a free cell at each step.
        var world = PointMaze(.medium)
        let middle = [-1.5, -0.5]
        var last = reference.start
        for (action, state) in zip(reference.actions, reference.states) {
            world.restore([middle[0], middle[1], last[2], last[3]])
            world.step(action)
            #expect(abs(world.state[0] - middle[0] - (state[0] - last[0])) < 1e-9)
            #expect(abs(world.state[1] - middle[1] - (state[1] - last[1])) < 1e-9)
            #expect(abs(world.state[2] - state[2]) < 1e-9 && abs(world.state[3] - state[3]) < 1e-9)
            last = state
        }
    }

    @Test("The ball stays a radius from every wall and its velocity along them", arguments: PointMaze.Maze.allCases)
    func walls(maze: PointMaze.Maze) {
        let walls = MazeGrid(maze.lines).walls
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<10 {
            var world = PointMaze(maze)
            world.reset(using: &generator)
            var action = [0.0, 0]
            for step in 0..<100 {
                if step % 10 == 0 { action = [generator.uniform(in: -1...1), generator.uniform(in: -1...1)] }
                world.step(action)
                let place = SIMD2(world.state[0], world.state[1])
                #expect(walls.allSatisfy { $0.distance(to: place) >= 0.1 - 1e-6 })
                #expect(abs(place.x) < 4 && abs(place.y) < 4)
            }
        }
        // Pushed into a wall it comes to rest there.
        var world = PointMaze(maze)
        for _ in 0..<40 { world.step([-1, 1]) }
        let start = MazeGrid(maze.lines).middle(of: MazeGrid(maze.lines).free[0])
        #expect(abs(world.state[0] - start.x + 0.4) < 1e-6 && abs(world.state[1] - start.y - 0.4) < 1e-6)
        #expect(world.state[2] == 0 && world.state[3] == 0)
    }

    @Test("The controller finds its way through the whole maze", arguments: PointMaze.Maze.allCases)
    func controller(maze: PointMaze.Maze) {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<12 {
            var world = PointMaze(maze)
            world.reset(using: &generator)
            let target = world.drawTarget(using: &generator)
            var steps = 0
            while !world.isNear(target) && steps < 400 {
                world.step(world.guidance(toward: target))
                steps += 1
            }
            #expect(world.isNear(target))
        }
    }

    @Test("Ways through a maze are shortest: each step is one cell nearer")
    func ways() {
        let grid = MazeGrid(PointMaze.Maze.uMaze.lines)
        // From the top left to the bottom left of the U there are six steps.
        var (cell, steps) = (6, 0)
        while cell != 16, let next = grid.next(from: cell, to: 16) {
            let away = grid.middle(of: next) - grid.middle(of: cell)
            #expect(abs((away * away).sum() - 1) < 1e-12)
            cell = next
            steps += 1
        }
        #expect(steps == 6)
        #expect(grid.next(from: 6, to: 0) == nil)
        #expect(grid.walls.count == 8)
    }
}
