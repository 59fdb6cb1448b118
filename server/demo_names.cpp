#include "server/demo_names.hpp"

#include <array>

namespace campgate {

namespace {

using std::string_view;

constexpr string_view walloon_families[]{
    "Lambert",   "Dupont",   "Delvaux", "Renard",    "Collard", "Servais",     "Leclercq",
    "Noël",      "Gérard",   "Bastin",  "Wathelet",  "Thonon",  "Lejeune",     "Piron",
    "Defays",    "Hanssen",  "Closset", "Jacquemin", "Étienne", "François",    "Marchal",
    "Counet",    "Dethier",  "Warnier", "Grosjean",  "Lhoest",  "Michaux",     "Pirotte",
    "Rensonnet", "Simonis",  "Thiry",   "Wilkin",    "Halleux", "Deliège",     "Bodson",
    "Bragard",   "Charlier", "Dosquet", "Franck",    "Ghaye",   "Henrotte",    "Lahaye",
    "Maréchal",  "Nihant",   "Olivier", "Pauly",     "Quoilin", "Radermecker", "Stassart",
    "Tilkin",    "Ubaghs",   "Villers"};
constexpr string_view walloon_parents[]{
    "Anne",     "Benoît",    "Camille",     "Dominique", "Céline",    "François", "Isabelle",
    "Laurent",  "Stéphanie", "Olivier",     "Nathalie",  "Vincent",   "Sophie",   "Frédéric",
    "Aurélie",  "Grégory",   "Virginie",    "Cédric",    "Caroline",  "Michaël",  "Julie",
    "Nicolas",  "Émilie",    "Sébastien",   "Pascale",   "Thomas",    "Valérie",  "Christophe",
    "Delphine", "Jérôme",    "Marie-Laure", "Jean-Marc", "Bénédicte", "Raphaël",  "Claude",
    "Florence", "Gaëtan",    "Sabrina",     "Hélène",    "Xavier"};
constexpr string_view walloon_children[]{
    "Léa",   "Hugo",    "Emma",     "Louis",   "Zoé",       "Jules",         "Chloé",    "Noah",
    "Alice", "Arthur",  "Louise",   "Gabriel", "Juliette",  "Nathan",        "Manon",    "Théo",
    "Lucie", "Maël",    "Romane",   "Éloïse",  "Sacha",     "Camille",       "Charlie",  "Eden",
    "Lina",  "Victor",  "Margaux",  "Simon",   "Clara",     "Ethan",         "Elena",    "Basile",
    "Rose",  "Achille", "Mathilde", "Robin",   "Jade",      "Célestin",      "Nina",     "Augustin",
    "Anaïs", "Tom",     "Ambre",    "Timéo",   "Marie-Lou", "Jean-Baptiste", "Apolline", "Loïc",
    "Inès",  "Maxence"};

constexpr string_view flemish_families[]{"Peeters",    "Janssens",  "Van den Berghe", "Maes",
                                         "Claes",      "Goossens",  "Wouters",        "De Smet",
                                         "Vandewalle", "Hendrickx", "Broers",         "Schyns",
                                         "D'Hondt",    "Van Hecke", "Mertens",        "Theunissen"};
constexpr string_view flemish_parents[]{"Sofie",  "Bart",   "An",    "Wim",   "Katrien", "Koen",
                                        "Ilse",   "Pieter", "Lies",  "Joris", "Griet",   "Stijn",
                                        "Veerle", "Tom",    "Hilde", "Dries"};
constexpr string_view flemish_children[]{"Lotte", "Seppe", "Fien",  "Wout", "Noor", "Lars",
                                         "Janne", "Mats",  "Roos",  "Kobe", "Lore", "Stan",
                                         "Elise", "Finn",  "Jente", "Robbe"};

constexpr string_view german_families[]{"Schmitz",     "Müller", "Heinen",     "Kohnen",
                                        "Pauels",      "Hüwels", "Großjohann", "Köttgen",
                                        "Radermacher", "Lentz",  "Brüll",      "Fickers"};
constexpr string_view german_parents[]{"Petra", "Jürgen", "Sabine", "Björn",   "Anke",  "Günther",
                                       "Katja", "Ralf",   "Ulrike", "Torsten", "Heike", "Stefan"};
constexpr string_view german_children[]{"Finn",   "Mia",  "Jonas", "Lilli", "Ben",   "Jörn",
                                        "Frieda", "Emil", "Käthe", "Paul",  "Greta", "Anton"};

constexpr string_view italian_families[]{"Rossi",     "Lo Presti", "D'Angelo",   "Di Bartolomeo",
                                         "Esposito",  "Nicolò",    "Cannizzaro", "Vella",
                                         "Marchetti", "Zanetti"};
constexpr string_view italian_parents[]{"Giuseppe", "Sandra", "Nicolò",  "Carmela", "Salvatore",
                                        "Loredana", "Fabio",  "Rosaria", "Enzo",    "Cinzia"};
constexpr string_view italian_children[]{"Giulia",  "Matteo",  "Chiara", "Nicolò", "Sofia",
                                         "Lorenzo", "Alessia", "Enzo",   "Elisa",  "Andrea"};

constexpr string_view moroccan_families[]{"El Amrani", "Benali", "Bouzid",     "El Khattabi",
                                          "Haddad",    "Ouali",  "Aït Lahcen", "Bennani"};
constexpr string_view moroccan_parents[]{"Karim", "Fatima", "Samira", "Hassan",
                                         "Nadia", "Rachid", "Hayat",  "Youssef"};
constexpr string_view moroccan_children[]{"Inès",  "Yassin", "Nour",  "Adam",  "Lina",
                                          "Ilyas", "Aya",    "Rayan", "Salma", "Imran"};

constexpr string_view turkish_families[]{"Yılmaz", "Öztürk", "Şahin", "Çelik",
                                         "Kaya",   "Demir",  "Güneş", "Aydın"};
constexpr string_view turkish_parents[]{"Emre",   "Elif",   "Mehmet", "Ayşe",
                                        "Gökhan", "Zeynep", "Serkan", "Özlem"};
constexpr string_view turkish_children[]{"Defne", "Yiğit", "Ela",  "Çınar",
                                         "Deniz", "Ömer",  "Asya", "Eymen"};

constexpr string_view polish_families[]{"Kowalski",  "Wiśniewska", "Wójcik",
                                        "Zieliński", "Łukasik",    "Nowak"};
constexpr string_view polish_parents[]{"Agnieszka", "Paweł",  "Małgorzata",
                                       "Krzysztof", "Joanna", "Łukasz"};
constexpr string_view polish_children[]{"Zofia", "Jakub", "Hania", "Staś", "Lena", "Mikołaj"};

constexpr string_view portuguese_families[]{"Gonçalves", "Simões", "da Conceição", "Ferreira",
                                            "Magalhães"};
constexpr string_view portuguese_parents[]{"João", "Conceição", "Rui", "Fátima", "Luís", "Inês"};
constexpr string_view portuguese_children[]{"Leonor",  "Tomás",   "Beatriz",
                                            "Gonçalo", "Mafalda", "Simão"};

constexpr string_view vietnamese_families[]{"Nguyễn", "Trần", "Phạm", "Lê", "Đặng"};
constexpr string_view vietnamese_parents[]{"Minh", "Thảo", "Tuấn", "Hương", "Đức"};
constexpr string_view vietnamese_children[]{"An", "Linh", "Bảo", "Mai", "Khôi"};

constexpr std::array<demo_origin, 9> origins{{
    {66, walloon_families, walloon_parents, walloon_children},
    {9, flemish_families, flemish_parents, flemish_children},
    {7, german_families, german_parents, german_children},
    {6, italian_families, italian_parents, italian_children},
    {4, moroccan_families, moroccan_parents, moroccan_children},
    {3, turkish_families, turkish_parents, turkish_children},
    {2, polish_families, polish_parents, polish_children},
    {2, portuguese_families, portuguese_parents, portuguese_children},
    {1, vietnamese_families, vietnamese_parents, vietnamese_children},
}};

constexpr unsigned sum_of_shares() {
    unsigned sum = 0;
    for (const demo_origin& origin : origins) sum += origin.per_hundred;
    return sum;
}
static_assert(sum_of_shares() == 100);

}  // namespace

std::span<const demo_origin> demo_origins() {
    return origins;
}

}  // namespace campgate
