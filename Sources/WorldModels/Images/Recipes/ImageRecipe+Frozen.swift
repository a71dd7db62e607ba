extension ImageRecipe {
    /// Prediction of the patch tokens of an encoder that others have trained and that learns nothing here: Zhou, Pan, LeCun and
    /// Pinto, DINO-WM, arXiv:2411.04983, equation 3 with equation 2.
    ///
    /// Nothing can collapse, so nothing works against it. The predictor of the paper is ``ImagePredictorKind/patches``, whose
    /// predictions all start from encoded tokens (teacher forcing); ``ImagePredictorKind/residual`` learns from free runs, as
    /// with the other recipes.
    public static let frozen: ImageRecipe = {
        var recipe = ImageRecipe(
            "frozen", summary: "prediction of the tokens of a frozen pretrained encoder (DINO-WM, arXiv:2411.04983)")
        recipe.isFrozen = true
        return recipe
    }()
}
