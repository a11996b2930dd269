
# Addresses for `explain` and --target, and what `list` takes, from the files and the snapshot at hand.
_trunkline_addresses() {
    local -a found kinds
    found=("${(@f)$(trunkline complete -- "${(@Q)words[1,CURRENT]}" 2>/dev/null)}")
    found=(${found:#})
    # A kind is only the beginning.
    kinds=(${(M)found:#*/})
    found=(${found:#*/})
    if (( $#kinds + $#found == 0 )); then
        _default
        return
    fi
    (( $#kinds )) && compadd -S '' -a kinds
    (( $#found )) && compadd -a found
}
