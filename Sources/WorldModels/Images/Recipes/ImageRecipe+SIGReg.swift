extension ImageRecipe {
    /// Prediction and SIGReg, end to end, without stopped gradients and without a teacher: LeWorldModel, arXiv:2603.19312,
    /// equation 3, with the weight of its code.
    ///
    /// It may leave out what control needs; see ``sigregInverse``.
    public static let sigreg: ImageRecipe = {
        var recipe = ImageRecipe("sigreg", summary: "prediction and SIGReg (LeWorldModel, arXiv:2603.19312)")
        recipe.sigreg = 0.09
        return recipe
    }()
}
