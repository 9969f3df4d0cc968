"""Who is calling: tokens of Entra ID, validated here, and the platform's login where a setting says it is there."""
