"""Invented people: first names and surnames as one meets them in a French town. Any likeness is chance."""

from typing import Final

FIRST_NAMES: Final = (
    "Abdoulaye", "Adèle", "Adrien", "Agnès", "Aïcha", "Aïssatou", "Alban", "Alice", "Aline", "Amel", "Amine",
    "Anaïs", "André", "Anh", "Anouk", "Antoine", "Anton", "Ariane", "Arthur", "Assia", "Astrid", "Augustin",
    "Aurore", "Awa", "Baptiste", "Béatrice", "Benoît", "Bérénice", "Bilal", "Blandine", "Boubacar", "Brahim",
    "Brigitte", "Candice", "Carmen", "Caroline", "Cécile", "Céleste", "Chantal", "Charlie", "Chloé", "Claire",
    "Clara", "Clément", "Colette", "Corentin", "Dalila", "Damien", "Daniela", "Delphine", "Denise", "Diego",
    "Djamila", "Dominique", "Duc", "Edith", "Élise", "Élodie", "Émile", "Enzo", "Ernestine", "Esma", "Estelle",
    "Esteban", "Étienne", "Eva", "Fabien", "Farid", "Fatima", "Félix", "Fleur", "Florian", "Francine", "François",
    "Gabriel", "Gaëlle", "Georges", "Ghislaine", "Gilles", "Giulia", "Grégoire", "Guillaume", "Gwenaël", "Habib",
    "Hamza", "Hélène", "Henri", "Hichem", "Hoa", "Honorine", "Ibrahim", "Idriss", "Inaya", "Irène", "Isabelle",
    "Ismaël", "Ivan", "Jacques", "Jade", "Jamila", "Jérémie", "Joëlle", "Jonas", "Josiane", "Joséphine", "Jules",
    "Julie", "Kadiatou", "Kamel", "Katarzyna", "Kenza", "Kevin", "Khadija", "Kim", "Lamine", "Laura", "Laurent",
    "Leïla", "Léo", "Léonie", "Linh", "Lola", "Louis", "Louise", "Luc", "Lucas", "Lucie", "Ludovic", "Maïa",
    "Malik", "Manon", "Marc", "Margaux", "Mariam", "Marianne", "Marion", "Martin", "Mathilde", "Maud", "Maxence",
    "Mehdi", "Mélanie", "Mireille", "Mohamed", "Mona", "Moussa", "Myriam", "Naïma", "Nathalie", "Nicolas", "Nina",
    "Noémie", "Nora", "Océane", "Olga", "Olivier", "Oscar", "Oumar", "Pablo", "Pascale", "Paul", "Pauline",
    "Philippe", "Pierre", "Quentin", "Rachel", "Raphaël", "Régine", "Rémi", "Rita", "Robin", "Romane", "Rosa",
    "Safia", "Salomé", "Samia", "Sarah", "Sébastien", "Sidonie", "Simon", "Sofia", "Sonia", "Souleymane",
    "Stéphane", "Suzanne", "Sylvain", "Sylvie", "Tamara", "Tao", "Thérèse", "Tiago", "Tom", "Tristan", "Ursula",
    "Valentin", "Valérie", "Vera", "Victor", "Violette", "Virginie", "Wassim", "Xavier", "Yacine", "Yasmine",
    "Yves", "Zélie", "Zoé",
)  # fmt: skip

SURNAMES: Final = (
    "Abadie", "Achour", "Alvarès", "Amara", "André", "Aubert", "Bah", "Barbier", "Barry", "Baudouin", "Belkacem",
    "Benali", "Berger", "Bernier", "Besson", "Blanchet", "Bonnet", "Bouvier", "Brun", "Camara", "Carpentier",
    "Carvalho", "Chevalier", "Cissé", "Collet", "Colombo", "Cordier", "Costa", "Da Silva", "Dang", "Delmas",
    "Derrien", "Diallo", "Diop", "Do", "Dubois", "Dufour", "Dumas", "Duval", "El Amrani", "Esposito", "Fabre",
    "Faure", "Fernandes", "Ferrand", "Fofana", "Fontaine", "Fournier", "Gaillard", "Garnier", "Gauthier", "Gomis",
    "Goncalves", "Guérin", "Guillot", "Haddad", "Hamidi", "Hardy", "Henry", "Hoang", "Huet", "Imbert", "Jacquet",
    "Joly", "Kaba", "Kaci", "Keita", "Klein", "Konaté", "Kowalski", "Lacroix", "Lambert", "Le Bihan", "Le Gall",
    "Lebrun", "Leclerc", "Lemoine", "Leroux", "Lopes", "Mahé", "Mansouri", "Marchand", "Marty", "Masson", "Meyer",
    "Michaud", "Moreno", "Morin", "Moulin", "N'Diaye", "Navarro", "Ndour", "Nguyen", "Nowak", "Olivier", "Ouali",
    "Paris", "Pelletier", "Pereira", "Perrot", "Petit", "Pham", "Picard", "Poirier", "Pons", "Prévost", "Rahmani",
    "Renaud", "Rey", "Ribeiro", "Rivière", "Roche", "Rossi", "Roussel", "Sadi", "Saidi", "Santos", "Sarr",
    "Schmitt", "Sow", "Sylla", "Tessier", "Touré", "Tran", "Vallet", "Vasseur", "Vidal", "Weber", "Yilmaz", "Zidi",
)  # fmt: skip
