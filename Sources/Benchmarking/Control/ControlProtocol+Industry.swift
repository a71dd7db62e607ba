import Planning
import Plants

extension ControlProtocol {
    static func building(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("building", hours: 240, task: task)
        plan.reason = "ten days of weather; an episode takes half a day"
        plan.episodes = 20
        plan.optimumEpisodes = 5
        plan.overrides = brief + ["search.nonlinear=false"]
        // Low speed for two minutes of three, which is declared safe, does not hold a hot afternoon: nothing allowed does, unless the
        // mass was cooled before.
        plan.backup = .none
        plan.move("25.5 °C; 23.5 <= zone <= 27, power <= 1.9") {
            $0.retarget([[25.5]])
            $0.limits = [OutputLimit(output: 0, lower: 23.5, upper: 27), OutputLimit(output: 1, upper: 1.9)]
        }
        return plan
    }

    static func turbofan(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("turbofan", hours: 0.08, task: task)
        plan.episodes = 20
        plan.tuningEpisodes = 2
        plan.optimumEpisodes = 5
        plan.replanEvery = 2
        // A planner that knows of a change leaves the old speed at the band's edge, and the last step before it is up to the model.
        plan.bandShare = 0.6
        // Seven outputs of three states: what a search of all structures takes a quarter of an hour for, these find in half a minute.
        plan.overrides =
            brief + ["search.nonlinear=false", "search.most_order=2", "search.reduced=false", "search.filtered=false"]
        plan.move("4800, 4350, 4900 and 4400 rpm; HPC_margin >= 12, LPC_margin >= 9") {
            $0.retarget([[4800, 4350, 4900, 4400]])
            for index in $0.limits.indices where [5, 6].contains($0.limits[index].output) {
                $0.limits[index].lower = $0.limits[index].output == 5 ? 12 : 9
            }
        }
        return plan
    }

    static func productionLine(_ task: ControlTask) -> ControlProtocol {
        var plan = ControlProtocol("production-line", hours: 20, task: task)
        plan.isUsual = false
        plan.rows = ControlRow.switched
        plan.episodes = 20
        plan.tuningEpisodes = 2
        plan.optimumEpisodes = 0
        plan.noOptimum = "chance decides, and no gradient leads to it"
        // Seven outputs: these structures are found in a minute, all of them take half an hour. The line is held while its log is made:
        // in longer free runs actions tell what happened before them, and no fit finds what they do. And no speeds that nobody
        // corrects keep a share of the time for longer; see "A line that chance decides" of the scoreboard's documentation.
        plan.overrides =
            brief + [
                "search.nonlinear=false", "search.most_order=2", "search.reduced=false", "search.filtered=false",
                "search.polish=false", "reach=2", "bounded=false", "horizon=5",
            ]
        plan.move("15 parts of surplus; buffers between 2 and 38") {
            $0.retarget([[15]])
            for index in $0.limits.indices { ($0.limits[index].lower, $0.limits[index].upper) = (2, 38) }
        }
        return plan
    }
}
